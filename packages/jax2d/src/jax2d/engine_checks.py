"""What `Engine` refuses before it traces anything: arrays whose shape or type does not fit the capacity."""

from operator import attrgetter
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .capacity import Capacity
from .errors import SceneError
from .layout import layout, shapes
from .scene import Scene
from .state import State

__all__ = ["check_action", "check_shapes"]


def check_shapes(caller: str, capacity: Capacity, scene: Scene, state: State) -> None:
    """Raise a `SceneError` unless the scene is one of this capacity and the state is a state of it."""
    for name, kind, got in (("scene", Scene, scene), ("state", State, state)):
        if not isinstance(got, kind):
            raise SceneError(f"{caller}: {name} must be a {kind.__name__}, got {type(got).__name__}.")
    if scene.capacity != capacity:
        raise SceneError(f"{caller}: scene must be of {capacity}, got a scene of {scene.capacity}.")
    for name, got in (("scene", scene), ("state", state)):
        for path, shape in shapes(type(got), capacity).items():
            _check_array(f"{caller}: {name}.{path}", attrgetter(path)(got), shape, layout(type(got))[path].dtype)


def _check_array(name: str, got: Any, takes: tuple[int, ...], kind: np.dtype[Any]) -> None:
    shape, dtype = getattr(got, "shape", None), getattr(got, "dtype", None)
    if shape != takes:
        batched = shape is not None and shape[len(shape) - len(takes) :] == takes
        hint = " For a batch of scenes wrap the method in jax.vmap." if batched else ""
        raise SceneError(f"{name} must have shape {takes} for this capacity, got {shape}.{hint}")
    if dtype != kind:
        raise SceneError(f"{name} must have type {kind}, got {dtype}.")


def check_action(caller: str, capacity: Capacity, given: Any) -> Float[Array, "time action"]:
    """The actions as a float32 array [time, action]; a `SceneError` if they are something else."""
    actions: Array = jnp.asarray(given)
    if actions.ndim != 2 or actions.shape[1] != capacity.actions or not len(actions):
        takes = f"{capacity.joints} motors and {capacity.thrusters} thrusters"
        raise SceneError(f"{caller}: an action is {capacity.actions} numbers ({takes}), got shape {actions.shape[1:]}.")
    if actions.dtype != jnp.float32:
        if not jnp.issubdtype(actions.dtype, jnp.number) or jnp.issubdtype(actions.dtype, jnp.complexfloating):
            raise SceneError(f"{caller}: an action must be real numbers, got type {actions.dtype}.")
        actions = actions.astype(jnp.float32)
    return actions
