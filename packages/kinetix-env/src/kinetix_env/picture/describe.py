"""One moment of a level as a `Picture`: what is drawn, whatever it is drawn with."""

from typing import Any

import jax
import numpy as np

from jax2d import State, picture
from jax2d.boundary import WORLD_SIZE
from jax2d.checks import shown
from jax2d.picture.toolkit import MARGIN

from ..errors import ActionError, LevelError
from ..level.level import Level
from .look import look_of

__all__ = ["MARGIN", "ROOM", "describe"]

ROOM = WORLD_SIZE  # m, along one side; a picture shows MARGIN (m) of the walls around it


def describe(level: Level, state: State | None = None, controls: Any = None) -> picture.Picture:
    """A moment `state` of one level, or its start; with the `controls` that act, [control], or at rest without."""
    if np.ndim(level.role) != 1:
        raise LevelError(
            f"A picture is of one level, got roles of shape {np.shape(level.role)}. Take a row of each array first, "
            "such as jax.tree.map(lambda leaf: leaf[0], levels)."
        )
    host: Level
    host, state = jax.tree.map(np.asarray, jax.device_get((level, level.state if state is None else state)))
    if state.position.shape != host.state.position.shape:
        shapes = f"{host.state.position.shape}, got {state.position.shape}"
        raise LevelError(f"A picture's state must be one of its level: positions of shape {shapes}.")
    acts = _controls(controls, len(host.scene.joints.active), len(host.scene.thrusters.active))
    return picture.describe(host.scene, state, look_of(host), action=acts)


def _controls(controls: Any, joints: int, thrusters: int) -> np.ndarray | None:
    """One number per joint, then one per thruster; None where nothing acts."""
    if controls is None:
        return None
    given, count = np.asarray(controls), joints + thrusters
    if given.shape != (count,) or given.dtype.kind not in "fiub":
        takes = f"{count} numbers, one for each of {joints} joints and then {thrusters} thrusters"
        raise ActionError(f"controls must be {takes}, as ActionSpace.controls gives them, got {shown(controls)}.")
    return given
