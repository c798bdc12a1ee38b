"""Checksums of a checkpoint's files, kept beside them, so that a damaged checkpoint is refused before it is read.

Orbax notices a file that is missing or cut short, but not every number that has changed on the disk."""

import hashlib
import json
from pathlib import Path

from kinetix_env.files import write_atomically

from .errors import RunError

__all__ = ["CHECKSUMS", "check_sums", "write_sums"]

CHECKSUMS = "checksums.json"


def write_sums(folder: Path) -> None:
    """Write the checksums of a folder's files into one more file of it."""
    write_atomically(folder / CHECKSUMS, json.dumps(_sums(folder), indent=1) + "\n")


def check_sums(folder: Path) -> None:
    """Raise `RunError` if a file does not have its checksum; a folder without checksums passes."""
    path = folder / CHECKSUMS
    if not path.exists():  # the process was killed between writing the checkpoint, which is whole then, and this
        return
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunError(f"{CHECKSUMS} is not JSON") from error
    found = _sums(folder)
    if noted != found:
        wrong = [name for name in noted.keys() | found.keys() if noted.get(name) != found.get(name)]
        raise RunError(f"{min(wrong)} is not as it was written")


def _sums(folder: Path) -> dict[str, str]:
    """SHA-256 of each file but the list itself, and drafts of it that a killed process left."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith((CHECKSUMS, f".{CHECKSUMS}.")):
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
