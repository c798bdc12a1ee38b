"""What `Engine` refuses before it traces anything: arrays whose shape or type does not fit the capacity."""

from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .capacity import Capacity
from .errors import SceneError
from .scene import Scene, empty_scene
from .state import State, initial_state

__all__ = ["check_action", "check_shapes"]


@cache
def _expected(capacity: Capacity) -> tuple[Scene, State]:
    def build() -> tuple[Scene, State]:
        return empty_scene(capacity), initial_state(
            capacity, jnp.zeros((capacity.bodies, 2)), jnp.zeros(capacity.bodies)
        )

    expected: tuple[Scene, State] = jax.eval_shape(build)
    return expected


def check_shapes(caller: str, capacity: Capacity, scene: Scene, state: State) -> None:
    """Raise a `SceneError` if a field of the scene or the state is not what one scene has."""
    for name, kind, got, expected in zip(
        ("scene", "state"), (Scene, State), (scene, state), _expected(capacity), strict=True
    ):
        if not isinstance(got, kind):
            raise SceneError(f"{caller}: {name} must be a {kind.__name__}, got {type(got).__name__}.")
        given = dict(jax.tree_util.tree_leaves_with_path(got))
        for path, leaf in jax.tree_util.tree_leaves_with_path(expected):
            _check_leaf(caller, name + jax.tree_util.keystr(path), given.get(path), leaf)


def _check_leaf(caller: str, name: str, got: Any, expected: jax.ShapeDtypeStruct) -> None:
    shape, dtype = getattr(got, "shape", None), getattr(got, "dtype", None)
    if shape != expected.shape:
        batched = shape is not None and shape[len(shape) - len(expected.shape) :] == expected.shape
        hint = " For a batch of scenes wrap the method in jax.vmap." if batched else ""
        raise SceneError(f"{caller}: {name} must have shape {expected.shape} for this capacity, got {shape}.{hint}")
    if dtype != expected.dtype:
        raise SceneError(f"{caller}: {name} must have type {expected.dtype}, got {dtype}.")


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
