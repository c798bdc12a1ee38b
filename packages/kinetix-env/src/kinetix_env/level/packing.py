"""Levels as rows of numbers, and rows as levels again.

A row has all numbers of a level, array after array in the order of `layout.FIELDS`, as float32, which holds flags and
indices exactly. The physics parameters that a level states follow, so that a row's length says whether there are any.
"""

import math

import jax.numpy as jnp
from jaxtyping import Array, Float

from jax2d import Capacity
from jax2d.layout import from_arrays

from ..errors import LevelError
from .layout import FIELDS, leaves, shapes
from .level import Level
from .physics import NAMES, put_physics, with_physics

__all__ = ["pack", "row_length", "unpack"]


def row_length(capacity: Capacity, physics: bool = False) -> int:
    """The length of the row of a level of this capacity, which states physics parameters or not."""
    return sum(math.prod(shape) for shape in shapes(capacity).values()) + physics * len(NAMES)


def pack(levels: Level, physics: bool = False) -> Float[Array, "level number"]:
    """Levels stacked along their first axis as rows; a `LevelError` if they are not.

    With `physics` the rows have physics parameters in any case, which are open in levels that state none.
    """
    levels = with_physics(levels) if physics else levels
    arrays = dict(zip(FIELDS, leaves(levels), strict=True))
    count = levels.role.shape[0] if levels.role.ndim == 2 else 0
    for path, shape in shapes(levels.capacity).items():
        if not count or arrays[path].shape != (count, *shape):
            raise LevelError(
                "Levels must be stacked along one first axis, with at least one level: "
                f"{path} must have shape (levels, {', '.join(map(str, shape))}), got {arrays[path].shape}."
            )
    rows: Float[Array, "level number"] = jnp.concatenate(
        [
            *(jnp.reshape(array, (count, -1)).astype(jnp.float32) for array in arrays.values()),
            *([] if levels.physics is None else [levels.physics]),
        ],
        axis=1,
    )
    return rows


def unpack(row: Float[Array, " number"], capacity: Capacity) -> Level:
    """The level of a row."""
    arrays, start = {}, 0
    for path, shape in shapes(capacity).items():
        end = start + math.prod(shape)
        arrays[path] = row[start:end].reshape(shape).astype(FIELDS[path].dtype)
        start = end
    level = from_arrays(Level, arrays, capacity)
    return level if start == len(row) else put_physics(level, row[start:])
