"""Levels on disk and in memory: load, save, check, stack and pad them. docs/levels.md is the tour."""

from ..level.batching import pad as pad
from ..level.batching import stack as stack
from ..level.named import NamedLevel as NamedLevel
from ..level.validate import validate as validate
from .files import dumps as dumps
from .files import load as load
from .files import loads as loads
from .files import resolve as resolve
from .files import save as save
from .published import import_published as import_published
from .published_export import export_published as export_published
from .schema import schema as schema

__all__ = [
    "NamedLevel",
    "dumps",
    "export_published",
    "import_published",
    "load",
    "loads",
    "pad",
    "resolve",
    "save",
    "schema",
    "stack",
    "validate",
]
