"""Levels side by side, and small levels in larger capacities."""

from collections.abc import Sequence
from dataclasses import fields

import jax
import numpy as np

from jax2d import Capacity

from ..errors import LevelError
from .layout import FIELDS, Arrays, blank, from_level, groups, to_level
from .level import Level
from .physics import PHYSICS, with_physics
from .validate import check_shapes

__all__ = ["pad", "stack"]


def stack(levels: Sequence[Level]) -> Level:
    """One `Level` whose arrays have a leading axis, a row for each of `levels`, which must be of one capacity.

    If one of them states physics parameters, all get a row of them, which is open in the others.
    """
    if not levels:
        raise LevelError("stack needs at least one level, got none.")
    hosted: list[Level] = jax.device_get(list(levels))
    if any(level.physics is not None for level in hosted):
        hosted = jax.device_get([with_physics(level) for level in hosted])
    first, first_arrays = hosted[0], from_level(hosted[0])
    for index, level in enumerate(hosted):
        if level.capacity != first.capacity:
            raise LevelError(
                f"levels[{index}] must be of the same capacity as levels[0], {first.capacity}, got {level.capacity}. "
                "kinetix_env.levels.pad gives a smaller level more room."
            )
        for path, array in from_level(level).items():
            like = first_arrays[path]
            if (array.shape, array.dtype) != (like.shape, like.dtype):
                raise LevelError(
                    f"levels[{index}].{path} must have the shape {like.shape} and the type {like.dtype} that it has in "
                    f"levels[0], got {array.shape} and {array.dtype}."
                )
    stacked: Level = jax.device_put(jax.tree.map(lambda *rows: np.stack(rows), *hosted))
    return stacked


def pad(level: Level, capacity: Capacity) -> Level:
    """The same level with the room of a larger capacity. It plays unchanged.

    Static polygons keep their indices; the other polygons, and the circles, move up by as much as there is
    more room before them. Impulses of an earlier step are forgotten, since their slots depend on the capacity.
    """
    own = level.capacity
    for field in fields(Capacity):
        have, room = getattr(own, field.name), getattr(capacity, field.name)
        if room < have:
            raise LevelError(f"pad cannot shrink a level: {field.name} is {have} and would be {room}.")
    have, room = own.movable_polygons, capacity.movable_polygons
    if room < have:
        raise LevelError(f"pad cannot shrink a level: it has room for {have} polygons that move, and would for {room}.")
    old = from_level(level)
    check_shapes(old, own)
    return to_level(_padded(old, own, capacity), capacity)


def _padded(old: Arrays, from_capacity: Capacity, to_capacity: Capacity) -> Arrays:
    new, bodies = blank(to_capacity), _new_indices(from_capacity, to_capacity)
    for path, field in FIELDS.items():
        if path == "scene.group" or path.endswith("impulse"):
            continue
        array = old[path]
        rows = bodies[: len(array)] if field.axes[0] in ("body", "polygon") else np.arange(len(array))
        new[path][(rows, *(slice(length) for length in array.shape[1:]))] = array
    for path in ("scene.joints.body_a", "scene.joints.body_b", "scene.thrusters.body"):
        new[path][: len(old[path])] = bodies[np.clip(old[path], 0, from_capacity.bodies - 1)]
    new["scene.group"] = groups(new)
    return new | ({PHYSICS: old[PHYSICS]} if PHYSICS in old else {})


def _new_indices(from_capacity: Capacity, to_capacity: Capacity) -> np.ndarray:
    """Where each body goes, [body]."""
    index = np.arange(from_capacity.bodies, dtype=np.int32)
    more_static = to_capacity.static_polygons - from_capacity.static_polygons
    more_polygons = to_capacity.polygons - from_capacity.polygons
    moved = index + np.where(index < from_capacity.static_polygons, 0, more_static)
    return np.where(index < from_capacity.polygons, moved, index + more_polygons).astype(np.int32)
