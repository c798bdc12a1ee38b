"""Results for other programs: with `--json` a command prints one JSON document on stdout, and all else on stderr."""

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

__all__ = ["WithJSON", "documents_only", "print_json"]

_STREAM: ContextVar[TextIO | None] = ContextVar("stream of documents", default=None)


@dataclass(frozen=True, kw_only=True)
class WithJSON:
    """The flag of commands that print tables. Such a command calls `print_json` instead if it is set."""

    json: bool = False  # print one JSON document, and everything else on stderr


@contextmanager
def documents_only() -> Iterator[None]:
    """Leave stdout to `print_json`: what is printed otherwise goes to stderr."""
    token = _STREAM.set(sys.stdout)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _STREAM.reset(token)


def print_json(document: Any) -> None:
    """Print a document of mappings, sequences, text and numbers. NumPy's numbers are numbers, NaN and infinity null."""
    stream = _STREAM.get() or sys.stdout
    stream.write(json.dumps(_plain(document), indent=1, ensure_ascii=True, allow_nan=False) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value
