"""Level files that are read from elsewhere than where a reference says: the copies that a run keeps in its folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeAlias

__all__ = ["Lookup", "current_lookup", "look_up_files"]

Lookup: TypeAlias = Callable[[str], list[Path] | None]  # the files for the path of a file or folder; None: as it says

_lookup: ContextVar[Lookup | None] = ContextVar("lookup", default=None)


def current_lookup() -> Lookup | None:
    """The lookup in use, or None where paths are read as they are."""
    return _lookup.get()


@contextmanager
def look_up_files(lookup: Lookup) -> Iterator[None]:
    """Ask `lookup` for the files of each reference that is a path, wherever levels are loaded by reference.

    It is called with the reference as it was written, such as `my/levels`, and returns the files to read, or None for
    the ones that the path names. Nested lookups hide the outer one.
    """
    token = _lookup.set(lookup)
    try:
        yield
    finally:
        _lookup.reset(token)
