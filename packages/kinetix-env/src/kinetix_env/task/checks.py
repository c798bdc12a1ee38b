"""What `KinetixEnv` refuses: a level or a state that is no such thing, is of another capacity, or of a whole batch.

Capacities, shapes and types are known while JAX traces a program, so these checks cost a compiled one nothing. What it
cannot see there are values: `kinetix_env.levels.validate` looks at those of a level, before it is played."""

from operator import attrgetter
from typing import Any

from jax2d import Capacity

from ..errors import LevelError
from ..level.layout import FIELDS, shapes
from ..level.level import Level
from ..level.physics import NAMES, PHYSICS
from .env_state import EnvState

__all__ = ["check_level", "check_state"]


def check_level(caller: str, level: Level, capacity: Capacity) -> None:
    """Raise a `LevelError` unless this is one level of the capacity."""
    if not isinstance(level, Level):
        hint = " Give its field `level`." if isinstance(getattr(level, "level", None), Level) else ""
        raise LevelError(f"{caller}: level must be a Level, got {type(level).__name__}.{hint}")
    if level.capacity != capacity:
        raise LevelError(
            f"{caller}: the level has room for {_room(level.capacity)}; this environment plays levels with room for "
            f"{_room(capacity)}. kinetix_env.levels.pad gives a smaller level more room; a larger one needs a larger "
            "environment."
        )
    for path, shape in shapes(capacity).items():
        leaf: Any = attrgetter(path)(level)
        got = getattr(leaf, "shape", None)
        if got != shape:
            raise LevelError(f"{caller}: {_misfit(path, got, shape)}")
        if leaf.dtype != FIELDS[path].dtype:
            raise LevelError(f"{caller}: {path} of the level must have type {FIELDS[path].dtype}, got {leaf.dtype}.")
    physics: Any = level.physics
    if physics is not None and (physics.shape != (len(NAMES),) or physics.dtype != "float32"):
        raise LevelError(f"{caller}: {_misfit(PHYSICS, physics.shape, (len(NAMES),))}")


def check_state(caller: str, state: EnvState, capacity: Capacity) -> None:
    """Raise a `LevelError` unless this is the state of one episode in levels of the capacity."""
    if not isinstance(state, EnvState):
        raise LevelError(f"{caller}: state must be an EnvState, as `reset` gives it, got {type(state).__name__}.")
    check_level(caller, state.level, capacity)


def _misfit(path: str, got: tuple[int, ...] | None, shape: tuple[int, ...]) -> str:
    """The sentence for an array of the wrong shape."""
    if got is not None and len(got) > len(shape):
        batch = got[: len(got) - len(shape)]
        return f"got a batch of levels of shape {batch}, it takes one. For a batch wrap the call in jax.vmap."
    return f"{path} of the level must have shape {shape}, got {got}."


def _room(capacity: Capacity) -> str:
    """What a level of this capacity has room for."""
    return (
        f"{capacity.polygons} polygons ({capacity.static_polygons} of them static), {capacity.vertices} corners per "
        f"polygon, {capacity.circles} circles, {capacity.joints} joints, {capacity.thrusters} thrusters"
    )
