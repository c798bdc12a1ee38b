"""What a run has learnt, on disk, by Orbax: written whole or not at all, and the latest one that can be read back.

A checkpoint has two parts: `params`, which is what an agent needs to play, and `state`, which is what training
needs to go on as if nothing had happened."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp

from kinetix_env.errors import ConfigError

from ..ppo import TrainState

__all__ = ["Checkpoints"]


class Checkpoints:
    """The checkpoints of a folder, by the number of updates."""

    def __init__(self, folder: Path, *, keep: int = 2, read_only: bool = False) -> None:
        """Keeps the newest `keep`. With `read_only` the folder must exist."""
        if read_only and not folder.is_dir():
            raise ConfigError(f"{folder}: there are no checkpoints here.")
        self.folder = folder
        options = ocp.CheckpointManagerOptions(
            max_to_keep=None if read_only else keep,
            enable_async_checkpointing=False,
            create=not read_only,
        )
        self._manager = ocp.CheckpointManager(folder.absolute(), options=options)

    def save(self, update: int, state: TrainState, seconds: float) -> None:
        """Write a checkpoint, unless there is one of this update. `seconds` is how long training has taken."""
        if update in self._manager.all_steps():
            return
        params = jax.tree.map(np.asarray, state.params)
        parts = ocp.args.Composite(
            params=ocp.args.StandardSave(params),
            state=ocp.args.StandardSave(state),
            clock=ocp.args.JsonSave({"seconds": seconds}),
        )
        self._manager.save(update, args=parts)

    def restore_params(self, like: Any) -> tuple[int, Any]:
        """The number of updates and the parameters; `like` are their shapes."""
        like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), like)
        return self._latest(lambda step: self._read(step, params=ocp.args.StandardRestore(like)).params)

    def restore_state(self, like: TrainState) -> tuple[int, TrainState, float]:
        """The number of updates, the state and the seconds; `like` are the state's shapes and shardings."""
        wanted = {"state": ocp.args.StandardRestore(like), "clock": ocp.args.JsonRestore()}
        step, found = self._latest(lambda step: self._read(step, **wanted))
        return step, found.state, float(found.clock["seconds"])

    def close(self) -> None:
        """Finish writing."""
        self._manager.close()

    def _read(self, step: int, **parts: Any) -> Any:
        return self._manager.restore(step, args=ocp.args.Composite(**parts))

    def _latest(self, read: Callable[[int], Any]) -> tuple[int, Any]:
        """The newest that can be read; a damaged one is passed over with a warning."""
        told = []
        for step in sorted(self._manager.all_steps(), reverse=True):
            try:
                return step, read(step)
            except Exception as error:  # whatever a damaged file makes of Orbax
                told.append(f"{self.folder / str(step)} cannot be read ({type(error).__name__}: {str(error)[:200]}).")
                warnings.warn(told[-1], stacklevel=3)
        raise ConfigError(" ".join(told) or f"{self.folder}: there are no checkpoints here.")
