"""The folder of a quickstart: its results are made in a folder beside it and replace the previous ones at the end.

    runs/quickstart                the results; `quickstart.json` in it says what made them
    runs/quickstart.unfinished     the run that is going on, or that was interrupted

Only what a quickstart made is ever removed: a folder that holds anything else, or a run that was trained further since,
is refused before anything is touched."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kinetix_env.errors import ConfigError
from kinetix_env.files import write_atomically

from ..training.folder import CHECKPOINTS, CONFIG, EVALUATION, METRICS, METRICS_TABLE, REPORT, saved_updates
from ..training.kept import INPUTS
from ..training.lock import LOCK, sole_writer

__all__ = ["CLIP", "CURVES", "RATES", "TABLE", "check_made", "draft_of", "new_results", "note_update"]

TABLE, CLIP, CURVES, RATES = "report.md", "clip.gif", "curves.png", "solved.png"
RECORD, FORMAT = "quickstart.json", "kinetix-quickstart/1"
REPLACED = ".replaced"  # in the folder, while results are exchanged
MADE = (CONFIG, CHECKPOINTS, METRICS, METRICS_TABLE, INPUTS, EVALUATION, REPORT, TABLE, CLIP, CURVES, RATES, RECORD)


def draft_of(folder: Path) -> Path:
    """Return the folder in which the results for a folder are made."""
    if folder.name in ("", ".."):
        folder = folder.resolve()
    if not folder.name:
        raise ConfigError(f"--out: {folder} cannot be replaced; give another folder.")
    return folder.with_name(f"{folder.name}.unfinished")


@contextmanager
def new_results(folder: Path) -> Iterator[Path]:
    """Give an empty folder to train in, whose content becomes that of `folder` if the block ends without an error.

    Raises `ConfigError` if either folder holds what no quickstart made, and `RunError` if another process writes in
    one of them; nothing has changed then. After an error in the block, `folder` is as it was, and the draft stays until
    the next quickstart.
    """
    draft = draft_of(folder)
    check_made(folder)
    check_made(draft)
    with sole_writer(folder):
        with sole_writer(draft):
            check_made(folder)
            check_made(draft)
            _clear(draft)
            note_update(draft)
            yield draft
            note_update(draft)
            _exchange(folder, draft)
        _remove_empty(draft)


def note_update(folder: Path) -> None:
    """Record that a quickstart made the content of a folder, up to the latest checkpoint there."""
    record = {"format": FORMAT, "update": max(saved_updates(folder), default=0)}
    write_atomically(folder / RECORD, json.dumps(record) + "\n")


def check_made(folder: Path) -> None:
    """Raise `ConfigError` unless a quickstart made all that a folder holds, or there is no such folder."""
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise ConfigError(f"--out: {folder} is not a folder.")
    there = sorted(path.name for path in folder.iterdir() if path.name != LOCK)
    if not there:
        return
    advice = f"Nothing was changed. Give another folder by --out, or move {folder} away."
    update = _recorded_update(folder)
    if update is None:
        raise ConfigError(f"--out: {folder} holds something else than the results of kinetix quickstart. {advice}")
    others = [name for name in there if name not in (*MADE, REPLACED)]
    if others:
        raise ConfigError(f"--out: {folder} holds {', '.join(others)}, which kinetix quickstart did not make. {advice}")
    if max(saved_updates(folder), default=0) > update:
        raise ConfigError(f"--out: the run in {folder} was trained further after kinetix quickstart. {advice}")


def _recorded_update(folder: Path) -> int | None:
    """Return the update of the latest checkpoint when a quickstart ended in a folder; None if none did."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or record.get("format") != FORMAT or not isinstance(record.get("update"), int):
        return None
    return int(record["update"])


def _exchange(folder: Path, draft: Path) -> None:
    """Move the content of a draft to its folder, whose old content is deleted once the new one is there."""
    replaced = folder / REPLACED
    shutil.rmtree(replaced, ignore_errors=True)
    replaced.mkdir()
    for name in _made_in(folder):
        (folder / name).rename(replaced / name)
    for name in _made_in(draft):
        (draft / name).rename(folder / name)
    shutil.rmtree(replaced)


def _clear(folder: Path) -> None:
    """Delete what an interrupted quickstart left."""
    for name in _made_in(folder):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _made_in(folder: Path) -> list[str]:
    """Return the names of what quickstarts make that are in a folder."""
    return [name for name in MADE if (folder / name).exists() or (folder / name).is_symlink()]


def _remove_empty(folder: Path) -> None:
    """Remove a draft that holds nothing but its lock, if its lock has not removed it."""
    with suppress(OSError):
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()
