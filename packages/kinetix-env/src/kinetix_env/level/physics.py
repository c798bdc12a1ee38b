"""The physics parameters that a level states for itself; the environment decides all others.

They are one row of float32 numbers, one per field of `jax2d.PhysicsParams` in the order of `NAMES`. None of them can be
negative: `OPEN` is a parameter that the level does not state, so that levels with and without parameters of their own
can be played as one batch. A level that states none has no row at all: it plays by the very program that knows of no
such parameters."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from jax2d import PhysicsParams

from .level import Level, LevelWithPhysics

__all__ = [
    "NAMES",
    "OPEN",
    "PHYSICS",
    "open_physics",
    "params_of",
    "physics_row",
    "put_physics",
    "seconds_per_step",
    "stated",
    "with_physics",
]

PHYSICS = "physics"  # the path of the row in a level
OPEN = -1.0
NAMES = tuple(field.name for field in fields(PhysicsParams))


def open_physics() -> Float[np.ndarray, " parameter"]:
    """The row of a level that states no parameter."""
    return np.full(len(NAMES), OPEN, np.float32)


def physics_row(values: Mapping[str, Any]) -> Float[np.ndarray, " parameter"]:
    """The row that states these parameters and no others."""
    return np.array([values.get(name, OPEN) for name in NAMES], np.float32)


def stated(row: Float[Array, " parameter"] | np.ndarray | None) -> dict[str, np.float32]:
    """The parameters that a row states, by name, on the host."""
    numbers = open_physics() if row is None else np.asarray(row)
    return {name: number for name, number in zip(NAMES, numbers, strict=True) if number != OPEN}


def put_physics(levels: Level, rows: Array | None) -> Level:
    """A level, or levels stacked along leading axes, with another row of parameters each, or none."""
    # as JAX makes such objects: the checks of shapes would refuse stacked levels
    changed: Level = object.__new__(Level if rows is None else LevelWithPhysics)
    for field in fields(Level):
        object.__setattr__(changed, field.name, getattr(levels, field.name))
    if rows is not None:
        object.__setattr__(changed, PHYSICS, rows)
    return changed


def with_physics(levels: Level) -> Level:
    """A level, or levels stacked along leading axes, with a row of parameters: open ones if there is none yet."""
    if levels.physics is not None:
        return levels
    batch = levels.scene.gravity.shape[:-1]
    return put_physics(levels, jnp.broadcast_to(jnp.asarray(open_physics()), (*batch, len(NAMES))))


def params_of(level: Level, params: PhysicsParams) -> PhysicsParams:
    """The parameters to play one level with: its own where it states them, otherwise those given."""
    if level.physics is None:
        return params
    own = dict(zip(NAMES, level.physics, strict=True))
    return PhysicsParams(**{name: jnp.where(own[name] == OPEN, getattr(params, name), own[name]) for name in NAMES})


def seconds_per_step(level: Level, params: PhysicsParams) -> float:
    """Duration of an engine step (s) in one level on the host, in an environment with these parameters."""
    return float(stated(level.physics).get("dt", params.dt))
