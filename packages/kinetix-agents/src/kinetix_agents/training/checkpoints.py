"""What a run has learnt, on disk, by Orbax: written whole or not at all, and the latest one that can be read back.

A checkpoint has two parts: `params`, which is what an agent needs to play, and `state`, which is what training
needs to go on as if nothing had happened."""

import errno
import logging
import os
import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp

from kinetix_env.errors import ConfigError

from ..ppo import TrainState
from .checksums import check_sums, write_sums
from .errors import RunError
from .processes import is_lost

__all__ = ["Checkpoints"]

LOGS = ("absl", "asyncio")  # to which Orbax writes the errors that it raises besides
MORE = 2**20  # bytes that a checkpoint takes besides its numbers, or more
UNFINISHED = ".orbax-checkpoint-tmp"  # what the name of a checkpoint ends in while it is written


class Checkpoints:
    """The checkpoints of a folder, by the number of updates."""

    def __init__(self, folder: Path, *, keep: int = 2, read_only: bool = False) -> None:
        """Keeps the newest `keep`. With `read_only` the folder must exist."""
        if read_only and not folder.is_dir():
            raise ConfigError(f"{folder}: there are no checkpoints here.")
        self.folder = folder
        if not read_only:
            self._sweep()
        options = ocp.CheckpointManagerOptions(
            max_to_keep=None if read_only else keep,
            enable_async_checkpointing=False,
            create=not read_only,
        )
        self._manager = ocp.CheckpointManager(folder.absolute(), options=options)

    @property
    def updates(self) -> list[int]:
        """Of which numbers of updates there are checkpoints, the oldest first."""
        return sorted(self._manager.all_steps())

    def save(self, update: int, state: TrainState, seconds: float) -> None:
        """Write a checkpoint, unless there is one of this update. `seconds` is how long training has taken.

        `RunError` if it cannot be written; those before it are still there.
        """
        before = self.updates
        if update in before:
            return
        params = jax.tree.map(np.asarray, jax.block_until_ready(state).params)  # type: ignore[no-untyped-call]
        parts = ocp.args.Composite(
            params=ocp.args.StandardSave(params),
            state=ocp.args.StandardSave(state),
            clock=ocp.args.JsonSave({"seconds": seconds}),
        )
        try:
            if jax.process_index() == 0:
                _find_room(self.folder, sum(leaf.nbytes for leaf in jax.tree.leaves((params, state))))
            with _quietly():
                self._manager.save(update, args=parts)
            if jax.process_index() == 0:
                write_sums(self.folder / str(update))
        except Exception as error:  # a full disk reaches us as a ValueError of the library that writes
            if is_lost(error):
                raise
            for name in LOGS:  # Orbax's threads go on, and fail one by one
                logging.getLogger(name).setLevel(logging.CRITICAL)
            kept = f"that of update {before[-1]} is kept" if before else "there is none before it"
            raise RunError(
                f"{self.folder}: the checkpoint of update {update} cannot be written ({_reason(error)}); {kept}. "
                "When that is mended, go on with --resume."
            ) from error

    def restore_params(self, like: Any) -> tuple[int, Any]:
        """The number of updates and the parameters; `like` are their shapes."""
        like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), like)
        return self._latest(lambda step: self._read(step, params=ocp.args.StandardRestore(like)).params)

    def restore_state(self, like: TrainState) -> tuple[int, TrainState, float]:
        """The number of updates, the state and the seconds; `like` are the state's shapes and shardings."""
        wanted = {"state": ocp.args.StandardRestore(like), "clock": ocp.args.JsonRestore()}
        step, found = self._latest(lambda step: self._read(step, **wanted))
        return step, found.state, float(found.clock["seconds"])

    def drop_after(self, update: int) -> None:
        """Remove newer checkpoints, which are damaged: training goes on from `update` and will write them again."""
        for step in self.updates:
            if step > update:
                self._manager.delete(step)

    def close(self) -> None:
        """Finish writing."""
        self._manager.close()

    def _sweep(self) -> None:
        """Remove what was left half written by a process that was killed or found no room."""
        if jax.process_index() == 0:
            for path in self.folder.glob(f"*{UNFINISHED}"):
                shutil.rmtree(path, ignore_errors=True)

    def _read(self, step: int, **parts: Any) -> Any:
        check_sums(self.folder / str(step))
        with _quietly():
            return self._manager.restore(step, args=ocp.args.Composite(**parts))

    def _latest(self, read: Callable[[int], Any]) -> tuple[int, Any]:
        """The newest that can be read; a damaged one is passed over with a warning."""
        told = []
        for step in reversed(self.updates):
            try:
                return step, read(step)
            except Exception as error:  # whatever a damaged file makes of Orbax
                told.append(f"{self.folder / str(step)} cannot be read ({_reason(error)}).")
                warnings.warn(told[-1], stacklevel=3)
        raise ConfigError(" ".join(told) or f"{self.folder}: there are no checkpoints here.")


def _find_room(folder: Path, size: int) -> None:
    """Raise `OSError` if there is none for so many bytes, before each of Orbax's threads finds out and reports it."""
    path = folder / ".room"
    try:
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size + MORE)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):  # a file system that cannot tell
            raise
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without Orbax's log of errors."""
    logs = [logging.getLogger(name) for name in LOGS]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


def _reason(error: Exception) -> str:
    """What went wrong, in a few words: those of the operating system, if it was asked for something."""
    text = str(error)
    system = re.search(r": ([^:]*) \[os_error_code=", text)
    if system:
        return system[1]
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, RunError):
        return text
    lines = text.splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}"
