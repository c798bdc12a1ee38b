"""For authors of commands: the types of their arguments, and what they show: tables, JSON, signs of life.

A command is a registered class (`kinetix_env.plugins`): its fields are the flags, its docstring the help."""

from .cli.arguments import FileToWrite as FileToWrite
from .cli.arguments import FolderToWrite as FolderToWrite
from .cli.arguments import LevelReference as LevelReference
from .cli.arguments import LevelReferences as LevelReferences
from .cli.arguments import LevelsToRead as LevelsToRead
from .cli.arguments import OptionalInteger as OptionalInteger
from .cli.arguments import PathToWrite as PathToWrite
from .cli.documents import WithJSON as WithJSON
from .cli.documents import print_json as print_json
from .cli.output import print_table as print_table
from .cli.parsing import print_flags as print_flags
from .cli.progress import progress as progress
from .cli.targets import check_file as check_file
from .cli.targets import check_folder as check_folder

__all__ = [
    "FileToWrite",
    "FolderToWrite",
    "LevelReference",
    "LevelReferences",
    "LevelsToRead",
    "OptionalInteger",
    "PathToWrite",
    "WithJSON",
    "check_file",
    "check_folder",
    "print_flags",
    "print_json",
    "print_table",
    "progress",
]
