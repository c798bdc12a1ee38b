"""Levels on disk: one JSON file a level, in our format or the published one of Kinetix.

The two are distinguished by what they hold: ours says `"format"`, the published one has an `"env_state"`."""

from pathlib import Path
from typing import Any

from jax2d.checks import shown

from ..errors import LevelError
from ..level.named import LONGEST_NAME, NamedLevel
from . import text as texts
from .listing import level_files
from .published import import_published
from .reading import read_document
from .writing import write_document

__all__ = ["dumps", "load", "loads", "resolve", "save"]


def load(path: str | Path) -> NamedLevel:
    """The level in a file. Its name is the one it says, otherwise that of the file."""
    path = Path(path)
    try:
        return _read(texts.read_text(path), path.stem)
    except LevelError as error:
        raise LevelError(_prefixed(str(path), error)) from None


def loads(text: str, *, source: str = "level") -> NamedLevel:
    """The level in a text. `source` is what errors call the text, and the level's name if it does not say one."""
    try:
        return _read(text, source)
    except LevelError as error:
        raise LevelError(_prefixed(source, error)) from None


def save(path: str | Path, named: NamedLevel) -> None:
    """Write a level into a file, in our format. A file that is there is replaced."""
    text = dumps(named)
    try:
        texts.write_text(Path(path), text)
    except LevelError as error:
        raise LevelError(_prefixed(str(path), error)) from None


def dumps(named: NamedLevel) -> str:
    """A level as text in our format."""
    try:
        return texts.render(write_document(named)) + "\n"
    except LevelError as error:
        raise LevelError(_prefixed(named.name, error)) from None


def resolve(reference: str | Path) -> list[NamedLevel]:
    """The level in a file, or all levels in the `*.json` of a folder, sorted by file name."""
    path = Path(reference)
    return [load(file) for file in (level_files(path) if path.is_dir() else [path])]


def _read(text: str, name: str) -> NamedLevel:
    document: Any = texts.parse(text)
    name = "".join(character for character in name if character.isprintable())[:LONGEST_NAME] or "level"
    if isinstance(document, dict) and "env_state" in document and "format" not in document:
        return import_published(document, name=name)
    if isinstance(document, dict) and "format" not in document:
        raise LevelError(f"must have a format (ours) or an env_state (published), got {shown(list(document))}.")
    return read_document(document, name)


def _prefixed(source: str, error: LevelError) -> str:
    return f"{_one_line(source)}: {error}"


def _one_line(source: str) -> str:
    """A file's name as a message can show it."""
    return source if source.isprintable() and source else shown(source)
