"""A level: one task as arrays, so that levels can be stacked, generated and played in batches.

Make the green shape touch the blue one, never the red one (arXiv:2410.23208). A level says which shapes
those are, how the world starts, and which number of an action drives which motor and thruster. It may state physics
parameters of its own (`kinetix_env.level.physics`)."""

from enum import IntEnum
from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from jax2d import Capacity, Scene, SceneBuilder, State
from jax2d.layout import layout, shapes

from ..display import drawn_by

__all__ = ["Level", "LevelWithPhysics", "Role", "empty_level"]


class Role(IntEnum):
    """What touching a shape means."""

    NONE = 0
    GREEN = 1
    BLUE = 2
    RED = 3


class Level(eqx.Module):
    """One task of some `Capacity`. Rows of bodies, joints and thrusters that are not active mean nothing."""

    scene: Scene
    state: State  # how an episode starts; without accumulated impulses
    role: Int[Array, " body"]  # a `Role`
    motor_binding: Int[Array, " joint"]  # which motor number of the action drives it, 0 to MOTOR_BINDINGS - 1
    motor_auto: Bool[Array, " joint"]  # runs at full speed whatever the action says
    thruster_binding: Int[Array, " thruster"]  # 0 to THRUSTER_BINDINGS - 1

    physics: ClassVar[Array | None] = None  # parameters of its own; see `LevelWithPhysics`

    @property
    def capacity(self) -> Capacity:
        """How much the level has room for."""
        return self.scene.capacity

    _repr_svg_ = drawn_by("kinetix_env.picture.notebook:level_svg")


class LevelWithPhysics(Level):
    """A level that states physics parameters of its own.

    It is a class apart, so that the arrays of all other levels, and what is saved of them, are what they were before.
    """

    physics: Float[Array, " parameter"]  # type: ignore[misc]  # -1 for those that the environment decides


def empty_level(capacity: Capacity) -> Level:
    """A level in which nothing exists but the floor, the walls, the ceiling and gravity."""
    scene, state = SceneBuilder(capacity).build()
    fields, sizes = layout(Level), shapes(Level, capacity)
    rest = {path: jnp.zeros(sizes[path], field.dtype) for path, field in fields.items() if "." not in path}
    return Level(scene=scene, state=state, **rest)
