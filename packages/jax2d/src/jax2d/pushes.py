"""Forces and impulses from outside, and velocities that are set: changes of a state between steps."""

from collections.abc import Sequence
from typing import TypeAlias

import equinox as eqx
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float, Int

from .scene import Scene
from .state import State

__all__ = ["push", "set_motion"]

Pair: TypeAlias = Array | Sequence[ArrayLike]  # two numbers


def push(
    scene: Scene,
    state: State,
    body: int | Int[Array, ""],
    impulse: Pair,
    point: Pair | None = None,
) -> State:
    """The state after an impulse (2 numbers, N s) on a body at a point (m), by default its centre; world frame.

    A force F that acts during a step of `dt` is the impulse F dt before that step, exactly as gravity acts. A body that
    cannot be moved stays at rest.
    """
    given = _pair(impulse)
    arm = jnp.zeros(2) if point is None else _pair(point) - state.position[body]
    torque = arm[0] * given[1] - arm[1] * given[0]  # N m s, counter-clockwise
    velocity = state.velocity.at[body].add(scene.inverse_mass[body] * given)
    spin = state.angular_velocity.at[body].add(scene.inverse_inertia[body] * torque)
    return _moving(state, velocity, spin)


def set_motion(
    state: State,
    body: int | Int[Array, ""],
    velocity: Pair | None = None,
    angular_velocity: ArrayLike | None = None,
) -> State:
    """The state with another velocity (m/s) or spin (rad/s, counter-clockwise) of a body; None keeps what it is."""
    moving, turning = state.velocity, state.angular_velocity
    if velocity is not None:
        moving = moving.at[body].set(_pair(velocity))
    if angular_velocity is not None:
        turning = turning.at[body].set(jnp.asarray(angular_velocity, jnp.float32))
    return _moving(state, moving, turning)


def _pair(values: Pair) -> Float[Array, "2"]:
    """Two numbers as an array; either may be traced."""
    pair: Array = jnp.stack([jnp.asarray(value, jnp.float32) for value in values])
    return pair


def _moving(state: State, velocity: Array, angular_velocity: Array) -> State:
    moved: State = eqx.tree_at(lambda s: (s.velocity, s.angular_velocity), state, (velocity, angular_velocity))
    return moved
