"""Pages of help are kept on disk, since some are made from every registered part, whose modules import JAX and Flax.

A page is shown again as long as nothing that it was made from has changed: the installed distributions, the files of
those that register plugins, and the terminal. Whatever goes wrong with the files, the page is made."""

import contextlib
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..compilation import user_caches
from ..files import write_atomically
from ..registry.hookspecs import PROJECT

__all__ = ["HELP", "asks_for_page", "show_page"]

HELP = ("-h", "--help")
MOST = 100  # pages that are kept
PAGE = re.compile(r"[0-9a-f]{64}\.txt")
ENGINE = "jax2d"  # registers nothing, but what is registered is built on it
COLOURS = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM", "LANG", "LC_ALL", "PYTHONIOENCODING")


def asks_for_page(args: Sequence[str]) -> bool:
    """Whether the arguments are words and, at the end, the flag for help: no other flag changes what is shown."""
    return bool(args) and args[-1] in HELP and not any(word.startswith("-") for word in args[:-1])


def show_page(args: Sequence[str], make: Callable[[], None]) -> None:
    """Print the page of help for these arguments, by `make` unless it is kept; then keep it if stderr stays silent."""
    state, path = _state(), _path(args)
    with contextlib.suppress(OSError, ValueError):
        kept, _, page = path.read_text(encoding="utf-8").partition("\n")
        if kept == state:
            sys.stdout.write(page)
            return
    said: Any = _Copy(sys.stdout)
    warned: Any = _Copy(sys.stderr)
    try:
        with redirect_stdout(said), redirect_stderr(warned):
            make()
    except SystemExit as end:  # the parser's, after a page of help
        if end.code:
            raise
    if not warned.text:
        with contextlib.suppress(OSError, ValueError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, f"{state}\n{said.text}")
            _forget_old(path.parent)


def _forget_old(folder: Path) -> None:
    """Remove all but the latest pages: each width of a terminal has its own."""
    pages = [file for file in folder.iterdir() if PAGE.fullmatch(file.name)]
    for file in sorted(pages, key=lambda file: file.stat().st_mtime_ns)[:-MOST]:
        file.unlink(missing_ok=True)


class _Copy:
    """A stream that also keeps what is written."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def write(self, text: str) -> int:
        self._parts.append(text)
        return int(self._stream.write(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _path(args: Sequence[str]) -> Path:
    """The file of a page: one for each Python environment and form of the terminal."""
    terminal = [str(shutil.get_terminal_size().columns), str(sys.stdout.isatty()), sys.stdout.encoding]
    settings = [f"{name}={os.environ.get(name)}" for name in COLOURS]
    return user_caches() / "help" / f"{_digest([sys.prefix, *terminal, *settings, *args])}.txt"


def _state() -> str:
    """What pages are made from, as one word that differs when any of it does."""
    return _digest([sys.version, *_installed(), *_files()])


def _digest(words: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(words).encode(errors="surrogateescape")).hexdigest()


def _installed() -> Iterator[str]:
    """The names and versions of all installed distributions, by their folders."""
    for folder in sys.path:
        with contextlib.suppress(OSError):
            names = (entry.name for entry in os.scandir(folder or "."))
            yield from sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


def _files() -> Iterator[str]:
    """Every Python file of the distributions that register plugins, with its size and the time of its last change."""
    modules = {point.module.partition(".")[0] for point in entry_points(group=PROJECT)}
    for module in sorted({ENGINE, *modules}):
        spec = find_spec(module)
        places = [] if spec is None else spec.submodule_search_locations or [spec.origin or ""]
        for place in places:
            root = Path(place)
            for file in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
                with contextlib.suppress(OSError):
                    found = file.stat()
                    yield f"{file} {found.st_size} {found.st_mtime_ns}"
