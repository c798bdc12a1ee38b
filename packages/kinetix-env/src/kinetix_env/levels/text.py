"""From bytes to JSON values and back: strict where files can go wrong, and readable where people read.

Stricter than `json`: a key may occur once, NaN and Infinity are not numbers, and what is too deep or too long is
refused like any other mistake. A value that fits in one line is written in one line."""

import codecs
import json
from pathlib import Path
from typing import Any

import numpy as np

from jax2d.checks import shown

from ..errors import LevelError
from ..files import write_atomically
from ..level.bounds import MOST_BRACKETS, MOST_CHARACTERS

__all__ = ["number_out", "parse", "read_text", "render", "write_text"]

WIDTH = 120  # characters of a line
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path) -> str:
    """The text of a file; whatever is wrong with it is a `LevelError` without the file's name."""
    try:
        if path.is_dir():
            raise LevelError("is a folder; name one level file in it.")
        if not path.exists():
            raise LevelError("does not exist.")
        if not path.is_file():
            raise LevelError("is not a regular file.")
        with path.open("rb") as file:
            data = file.read(MOST_CHARACTERS + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, LevelError):
            raise
        raise LevelError(f"cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    if len(data) > MOST_CHARACTERS:
        raise LevelError(f"must have at most {MOST_CHARACTERS} bytes, got more.")
    if data.startswith(_UTF_16):
        raise LevelError("must be UTF-8 text, got UTF-16; save the file as UTF-8.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LevelError(f"must be UTF-8 text, got byte 0x{data[error.start]:02x} at offset {error.start}.") from None


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all; whatever goes wrong is a `LevelError` without the file's name."""
    try:
        write_atomically(path, text)
    except (OSError, ValueError) as error:
        raise LevelError(f"cannot be written: {getattr(error, 'strerror', None) or error}.") from None


def parse(text: str) -> Any:
    """The JSON value of a text."""
    if len(text) > MOST_CHARACTERS:
        raise LevelError(f"must have at most {MOST_CHARACTERS} characters, got {len(text)}.")
    text = text.removeprefix("\ufeff")  # a byte order mark, which some editors write
    if not text.strip():
        raise LevelError("must hold a level, got an empty text.")
    brackets = text.count("{") + text.count("[")
    if brackets > MOST_BRACKETS:
        raise LevelError(f"must have at most {MOST_BRACKETS} objects and lists, got {brackets}.")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except RecursionError:
        raise LevelError("must be a level, got brackets nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise LevelError(f"must be JSON, got a mistake in line {error.lineno}: {error.msg}.") from None
    except LevelError:
        raise
    except ValueError:  # Python reads no integers of thousands of digits
        raise LevelError("must be JSON with numbers of a sensible length, got one of thousands of digits.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        seen: set[str] = set()
        twice = next(key for key in keys if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise LevelError(f"must have each key once in an object, got {shown(twice)} twice.")
    return found


def _refuse(constant: str) -> None:
    raise LevelError(f"must hold finite numbers only, got {constant}.")


def number_out(value: Any) -> int | float:
    """A float32 as the shortest JSON number that reads back as the same float32; whole ones as integers."""
    single = np.float32(value)
    if single == np.trunc(single) and abs(single) < 1e6 and not (single == 0 and np.signbit(single)):
        return int(single)
    short = float(str(single))
    return short if np.float32(short) == single else float(single)


def render(value: Any, indent: int = 0, used: int = 0) -> str:
    """JSON text, `used` characters of whose first line are taken."""
    line = json.dumps(value, ensure_ascii=False)
    if used + len(line) <= WIDTH - 1 and not (indent == 0 and isinstance(value, dict)):
        return line
    inner, close = "\n" + "  " * (indent + 1), "\n" + "  " * indent
    if isinstance(value, dict) and value:
        parts = []
        for key, item in value.items():
            head = f"{json.dumps(key, ensure_ascii=False)}: "
            parts.append(head + render(item, indent + 1, 2 * indent + 2 + len(head)))
        return "{" + inner + f",{inner}".join(parts) + close + "}"
    if isinstance(value, list) and value:
        parts = [render(item, indent + 1, 2 * indent + 2) for item in value]
        return "[" + inner + f",{inner}".join(parts) + close + "]"
    return line
