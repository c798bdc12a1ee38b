"""What a run was given from outside: its level files and the agent that it started from, copied into its folder.

    RUN/inputs/levels/0/hover.json      the files of the first path that the curriculum named, under their own names
    RUN/inputs/agent/                   the parameters that the run started from, as a checkpoint of update 0

So a run resumes and reports wherever its folder is, and on the levels that it began with. `config.json` lists the
files with their paths and SHA-256 checksums. Where a copy is missing or was changed, the original file is read if it
still has the checksum; otherwise `ConfigError` names both. Runs saved without copies read the paths as they are."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jax
import numpy as np

from kinetix_env.errors import ConfigError
from kinetix_env.sources import LevelReference, current_lookup, look_up_files

from .checkpoints import Checkpoints

__all__ = [
    "INPUTS",
    "Recorder",
    "agent_digest",
    "clear_inputs",
    "keep_agent",
    "kept_levels",
    "recorded_levels",
    "start_params",
]

INPUTS = "inputs"  # in a run's folder
LEVELS, AGENT = f"{INPUTS}/levels", f"{INPUTS}/agent"


class Recorder:
    """The level files that were read by reference while it was in use; `write` copies them into a run's folder."""

    def __init__(self) -> None:
        self._outer = current_lookup()
        self._found: dict[str, list[Path]] = {}  # by reference

    def __call__(self, reference: str) -> list[Path]:
        """Return the files of a reference, and remember them."""
        if reference not in self._found:
            found = None if self._outer is None else self._outer(reference)
            self._found[reference] = LevelReference.parse(reference).named_files() if found is None else found
        return self._found[reference]

    def write(self, folder: Path) -> list[dict[str, Any]]:
        """Copy the files into a run's folder, and return their list for its `config.json`."""
        listed = []
        for number, (reference, files) in enumerate(self._found.items()):
            rows = []
            for file in files:
                content = file.read_bytes()
                copy = f"{LEVELS}/{number}/{file.name}"
                (folder / copy).parent.mkdir(parents=True, exist_ok=True)
                (folder / copy).write_bytes(content)
                rows.append({"path": str(file.resolve()), "copy": copy, "sha256": hashlib.sha256(content).hexdigest()})
            listed.append({"reference": reference, "files": rows})
        return listed


@contextmanager
def recorded_levels() -> Iterator[Recorder]:
    """Note which level files are read by reference in this context."""
    recorder = Recorder()
    with look_up_files(recorder):
        yield recorder


@contextmanager
def kept_levels(folder: Path, facts: Mapping[str, Any], *, strict: bool = True) -> Iterator[None]:
    """Read the levels that a run in a folder was given from their copies; `facts` are those of its `config.json`.

    Where neither a copy nor the original is as it was, that is a `ConfigError` if `strict`; otherwise the path is read
    as it is.
    """
    outer = current_lookup()
    listed = {str(row["reference"]): row["files"] for row in facts.get("levels", ())}

    def lookup(reference: str) -> list[Path] | None:
        if reference in listed:
            found = [(row, _unchanged(folder, row)) for row in listed[reference]]
            lost = next((row for row, path in found if path is None), None)
            if lost is None:
                return [path for _, path in found if path is not None]
            if strict:
                raise _changed(folder, lost)
        return None if outer is None else outer(reference)

    with look_up_files(lookup):
        yield


def _unchanged(folder: Path, row: Mapping[str, str]) -> Path | None:
    """Return the copy of a level file, or else the original, whichever is as it was when the run began."""
    for path in (folder / row["copy"], Path(row["path"])):
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]:
            return path
    return None


def _changed(folder: Path, row: Mapping[str, str]) -> ConfigError:
    return ConfigError(
        f"{folder / row['copy']}: the run's copy of this level file is missing or was changed, and {row['path']} is "
        "not the file that the run began with either. Restore one of them (its SHA-256 is in config.json), or start a "
        "new run."
    )


def clear_inputs(folder: Path) -> None:
    """Delete what a run that never began has left."""
    shutil.rmtree(folder / INPUTS, ignore_errors=True)


def keep_agent(folder: Path, params: Any) -> None:
    """Copy the parameters that a run starts from into its folder."""
    checkpoints = Checkpoints(folder / AGENT)
    try:
        checkpoints.save_params(params)
    finally:
        checkpoints.close()


def start_params(folder: Path, facts: Mapping[str, Any], start: str, like: Any, load: Callable[[Path], Any]) -> Any:
    """Return the parameters that a run started from: the copy in its folder, or else those of the agent `start`.

    `like` gives their shapes; `load` reads the parameters in a folder. `ConfigError` if that agent is another one now.
    """
    kept = _kept_agent(folder, like)
    if kept is not None:
        return kept
    known = facts.get("start_from", {})
    places = [Path(start), Path(known.get("path", start))]
    params = load(next((place for place in places if place.is_dir()), places[0]))
    if known.get("sha256", "") not in ("", agent_digest(params)):
        raise ConfigError(
            f"{start}: its agent is no longer the one that the run in {folder} started from, and the run's copy of it, "
            f"{folder / AGENT}, is missing or damaged."
        )
    return params


def _kept_agent(folder: Path, like: Any) -> Any | None:
    """Return the run's copy of the parameters that it started from; None if there is none that can be read."""
    if not (folder / AGENT).is_dir():
        return None
    checkpoints = Checkpoints(folder / AGENT, read_only=True)
    try:
        return checkpoints.restore_params(like)[1]
    except ConfigError:
        return None
    finally:
        checkpoints.close()


def agent_digest(params: Any) -> str:
    """SHA-256 of all parameters, with their names and shapes."""
    digest = hashlib.sha256()
    for path, leaf in jax.tree_util.tree_leaves_with_path(params):
        array = np.ascontiguousarray(leaf)
        digest.update(f"{jax.tree_util.keystr(path)} {array.dtype} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
