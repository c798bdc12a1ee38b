"""What is in the files of a checkpoint, noted beside them, so that a damaged one is known before it is read.

Orbax notices a file that is missing or cut short, but not every number that has changed on the disk."""

import hashlib
import json
from pathlib import Path

from .errors import RunError

__all__ = ["CHECKSUMS", "check_sums", "write_sums"]

CHECKSUMS = "checksums.json"


def write_sums(folder: Path) -> None:
    """Note what the files of a folder hold, in one more file, which is there whole or not at all."""
    path = folder / CHECKSUMS
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(json.dumps(_sums(folder), indent=1) + "\n")
    unfinished.replace(path)


def check_sums(folder: Path) -> None:
    """Raise `RunError` if a file is not what was noted; a folder without notes is taken as it is."""
    path = folder / CHECKSUMS
    if not path.exists():  # the process was killed between writing the checkpoint, which is whole then, and this
        return
    try:
        noted = json.loads(path.read_text())
    except ValueError as error:
        raise RunError(f"{CHECKSUMS} is not JSON") from error
    found = _sums(folder)
    if noted != found:
        wrong = [name for name in noted.keys() | found.keys() if noted.get(name) != found.get(name)]
        raise RunError(f"{min(wrong)} is not as it was written")


def _sums(folder: Path) -> dict[str, str]:
    """SHA-256 of all files but the list itself."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(CHECKSUMS):
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
