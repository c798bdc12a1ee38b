"""A level as numpy arrays by name, so that files are read and checked without a JAX call for each number.

`FIELDS` lists every array that all levels have by the path to it, with its type and axes, as `jax2d.layout` reads them
off the annotations. The paths are also what messages about a level call its parts. Levels that state physics parameters
have one more array, at the path `PHYSICS`."""

from operator import attrgetter

import jax
import numpy as np

from jax2d import Capacity
from jax2d.layout import from_arrays, layout
from jax2d.layout import shapes as shapes_of

from .level import Level
from .physics import PHYSICS, put_physics

__all__ = ["FIELDS", "Arrays", "blank", "from_level", "groups", "leaves", "shapes", "to_level"]

Arrays = dict[str, np.ndarray]

FIELDS = layout(Level)

leaves = attrgetter(*FIELDS)  # of a level, in the order of `FIELDS`


def shapes(capacity: Capacity) -> dict[str, tuple[int, ...]]:
    """The shape of every array of `FIELDS` in a level of this capacity."""
    return shapes_of(Level, capacity)


def blank(capacity: Capacity) -> Arrays:
    """The arrays of a level in which nothing exists, not even the walls or gravity."""
    arrays: Arrays = {path: np.zeros(shape, FIELDS[path].dtype) for path, shape in shapes(capacity).items()}
    arrays["scene.group"] = np.arange(capacity.bodies, dtype=np.int32)
    return arrays


def to_level(arrays: Arrays, capacity: Capacity) -> Level:
    """The level of these arrays, which are put on the device all at once."""
    placed = jax.device_put(arrays)
    return put_physics(from_arrays(Level, placed, capacity), placed.get(PHYSICS))


def from_level(level: Level) -> Arrays:
    """The arrays of a level, on the host."""
    arrays, physics = jax.device_get((leaves(level), level.physics))
    return dict(zip(FIELDS, arrays, strict=True)) | ({} if physics is None else {PHYSICS: physics})


def groups(arrays: Arrays) -> np.ndarray:
    """What `jax2d.collision_groups` returns, computed on the host: [body], the smallest index of each chain."""
    group = np.arange(len(arrays["scene.group"]), dtype=np.int32)
    for joint in np.flatnonzero(arrays["scene.joints.active"]):
        one, other = group[arrays["scene.joints.body_a"][joint]], group[arrays["scene.joints.body_b"][joint]]
        group[group == max(one, other)] = min(one, other)
    return group
