"""Checkpoints of a run, by Orbax: written atomically, and restored from the latest one that can be read.

A checkpoint has two parts: `params`, which an agent needs to play, and `state`, from which training continues exactly
as if it had not been interrupted."""

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

from kinetix_env.errors import ConfigError, KinetixWarning

from ..ppo import TrainState
from .checksums import check_sums, write_sums
from .errors import RunError
from .processes import is_lost

__all__ = ["Checkpoints"]

LOGS = ("absl", "asyncio")  # loggers to which Orbax writes errors that it also raises
OVERHEAD = 2**20  # bytes, upper bound of a checkpoint's size beyond its arrays
UNFINISHED = ".orbax-checkpoint-tmp"  # suffix of a checkpoint's name while it is being written


class Checkpoints:
    """The checkpoints in a folder, by number of updates."""

    def __init__(self, folder: Path, *, keep: int = 2, read_only: bool = False, run: str = "") -> None:
        """Open a folder, in which the newest `keep` checkpoints are kept. With `read_only` it must exist.

        `run` identifies the run: it is stored in checkpoints, and those that hold another one are refused.
        """
        if read_only and not folder.is_dir():
            raise ConfigError(f"{folder}: there are no checkpoints here.")
        self.folder, self.run = folder, run
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
        """Numbers of updates of which there are checkpoints, the oldest first."""
        return sorted(self._manager.all_steps())

    def save(self, update: int, state: TrainState, seconds: float) -> None:
        """Write a checkpoint, unless there is one of this update. `seconds` is the training time so far.

        Raises `RunError` if it is not written; earlier checkpoints are kept.
        """
        if update in self.updates:
            return
        params = jax.tree.map(np.asarray, jax.block_until_ready(state).params)  # type: ignore[no-untyped-call]
        parts = ocp.args.Composite(
            params=ocp.args.StandardSave(params),
            state=ocp.args.StandardSave(state),
            clock=ocp.args.JsonSave({"seconds": seconds, "run": self.run}),
        )
        self._write(update, parts, (params, state))

    def save_params(self, params: Any) -> None:
        """Write parameters alone, as a checkpoint of update 0. Raises `RunError` if they are not written."""
        params = jax.tree.map(np.asarray, params)
        self._write(0, ocp.args.Composite(params=ocp.args.StandardSave(params)), params)

    def _write(self, update: int, parts: Any, arrays: Any) -> None:
        """Let Orbax write a checkpoint, and check that it did."""
        before = self.updates
        try:
            if jax.process_index() == 0:
                _find_room(self.folder, sum(leaf.nbytes for leaf in jax.tree.leaves(arrays)))
            with _quietly():
                if not self._manager.save(update, args=parts):  # Orbax writes none before its latest one
                    raise RunError(f"the folder holds checkpoints up to that of update {before[-1] if before else '?'}")
            if jax.process_index() == 0:
                write_sums(self.folder / str(update))
        except Exception as error:  # a full disk shows as a ValueError of the library that writes
            if is_lost(error):
                raise
            for name in LOGS:  # Orbax's threads continue, and fail one by one
                logging.getLogger(name).setLevel(logging.CRITICAL)
            kept = f"that of update {before[-1]} is kept" if before else "there is none before it"
            raise RunError(
                f"{self.folder}: the checkpoint of update {update} cannot be written ({_reason(error)}); {kept}. "
                "When that is fixed, continue with --resume."
            ) from error

    def restore_params(self, like: Any) -> tuple[int, Any]:
        """Return the number of updates and the parameters of the latest checkpoint; `like` gives their shapes."""
        like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), like)
        return self._latest(lambda step: self._read(step, params=ocp.args.StandardRestore(like)).params)

    def restore_state(self, like: TrainState) -> tuple[int, TrainState, float]:
        """Return the number of updates, the state and the training time (s); `like` gives shapes and shardings.

        Raises `RunError` if the checkpoint is of another run.
        """
        wanted = {"state": ocp.args.StandardRestore(like), "clock": ocp.args.JsonRestore()}

        def read(step: int) -> tuple[TrainState, float, str]:
            found = self._read(step, **wanted)
            return found.state, float(found.clock["seconds"]), str(found.clock.get("run", ""))

        step, (state, seconds, owner) = self._latest(read)
        if self.run and owner and owner != self.run:
            raise RunError(
                f"{self.folder / str(step)}: is a checkpoint of another run than that of {self.folder.parent}. Move it "
                "away, or restore the config.json that it belongs to."
            )
        return step, state, seconds

    def drop_after(self, update: int) -> None:
        """Delete newer checkpoints, which are damaged: training continues from `update` and writes them again."""
        for step in self.updates:
            if step > update:
                self._manager.delete(step)

    def close(self) -> None:
        """Finish writing."""
        self._manager.close()

    def _sweep(self) -> None:
        """Delete incomplete checkpoints, left by a process that was killed or ran out of disk space."""
        if jax.process_index() == 0:
            for path in self.folder.glob(f"*{UNFINISHED}"):
                shutil.rmtree(path, ignore_errors=True)

    def _read(self, step: int, **parts: Any) -> Any:
        check_sums(self.folder / str(step))
        with _quietly():
            return self._manager.restore(step, args=ocp.args.Composite(**parts))

    def _latest(self, read: Callable[[int], Any]) -> tuple[int, Any]:
        """Return the number and content of the newest readable checkpoint; damaged ones are skipped with a warning."""
        problems = []
        for step in reversed(self.updates):
            try:
                return step, read(step)
            except Exception as error:  # a damaged file can raise anything in Orbax
                problems.append(f"{self.folder / str(step)} cannot be read ({_reason(error)}).")
                warnings.warn(problems[-1], KinetixWarning, stacklevel=3)
        raise ConfigError(" ".join(problems) or f"{self.folder}: there are no checkpoints here.")


def _find_room(folder: Path, size: int) -> None:
    """Raise `OSError` if the disk has no room for `size` bytes, before each of Orbax's threads fails and reports it."""
    path = folder / ".room"
    try:
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size + OVERHEAD)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):  # the file system does not support it
            raise
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _quietly() -> Iterator[None]:
    """Silence Orbax's error logs."""
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
    """Return a short reason of an error: the operating system's message if there is one."""
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
