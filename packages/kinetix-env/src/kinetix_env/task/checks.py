"""What `KinetixEnv` refuses: a level or a state that is no such thing, is of another capacity, or of a whole batch.

Shapes and types are known while JAX traces a program, so that these checks cost a compiled one nothing. What it cannot
see there are values: `kinetix_env.levels.validate` looks at those of a level, before it is played."""

from functools import cache
from operator import attrgetter
from typing import Any

import numpy as np

from jax2d import Capacity

from ..errors import LevelError
from ..level.level import Level
from .env_state import EnvState

__all__ = ["check_level", "check_state"]

_COUNTS = {  # what a level has room for: the array and the axis that show it
    "polygons": ("scene.vertices", -3),
    "corners a polygon": ("scene.vertices", -2),
    "circles": ("scene.radius", -1),
    "joints": ("motor_binding", -1),
    "thrusters": ("thruster_binding", -1),
}


def check_level(caller: str, level: Level, capacity: Capacity) -> None:
    """Raise a `LevelError` unless this is one level of the capacity."""
    if not isinstance(level, Level):
        hint = " Give its field `level`." if isinstance(getattr(level, "level", None), Level) else ""
        raise LevelError(f"{caller}: level must be a Level, got {type(level).__name__}.{hint}")
    for path, (shape, kind) in _expected(capacity).items():
        leaf: Any = attrgetter(path)(level)
        got = getattr(leaf, "shape", None)
        if got != shape:
            raise LevelError(f"{caller}: {_misfit(level, capacity, path, got, shape)}")
        if leaf.dtype != kind:
            raise LevelError(f"{caller}: {path} of the level must have type {kind}, got {leaf.dtype}.")


def check_state(caller: str, state: EnvState, capacity: Capacity) -> None:
    """Raise a `LevelError` unless this is the state of one episode in levels of the capacity."""
    if not isinstance(state, EnvState):
        raise LevelError(f"{caller}: state must be an EnvState, as `reset` gives it, got {type(state).__name__}.")
    check_level(caller, state.level, capacity)


@cache
def _expected(capacity: Capacity) -> dict[str, tuple[tuple[int, ...], np.dtype[Any]]]:
    """The shape and type of every array of one level."""
    from ..level.layout import FIELDS, shapes

    return {path: (shape, np.dtype(FIELDS[path][0])) for path, shape in shapes(capacity).items()}


def _misfit(level: Level, capacity: Capacity, path: str, got: Any, shape: tuple[int, ...]) -> str:
    """The sentence for an array of the wrong shape."""
    if got is not None and len(got) > len(shape):
        batch = got[: len(got) - len(shape)]
        return f"got a batch of levels of shape {batch}, it takes one. For a batch wrap the call in jax.vmap."
    room, takes = _room(level), _room_of(_expected(capacity))
    if room is None or room == takes:
        return f"{path} of the level must have shape {shape}, got {got}."
    return (
        f"the level has room for {_listed(room)}; this environment plays levels with room for {_listed(takes)}. "
        "kinetix_env.levels.pad gives a smaller level more room; a larger one needs a larger environment."
    )


def _room(level: Level) -> dict[str, int] | None:
    """How many of each kind fit into a level; None if its arrays are not even of the right number of axes."""
    try:
        return {name: int(attrgetter(path)(level).shape[axis]) for name, (path, axis) in _COUNTS.items()}
    except (AttributeError, IndexError, TypeError):
        return None


def _room_of(expected: dict[str, tuple[tuple[int, ...], np.dtype[Any]]]) -> dict[str, int]:
    return {name: expected[path][0][axis] for name, (path, axis) in _COUNTS.items()}


def _listed(room: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in room.items())
