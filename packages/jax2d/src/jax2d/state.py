"""What a step changes: where the bodies are, how they move, and the impulses of the step before.

The accumulated impulses are the solver's memory: it starts each step from them (warm starting)."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .capacity import Capacity
from .slots import contact_slots

__all__ = ["State", "initial_state"]


class State(eqx.Module):
    """Poses, velocities and accumulated impulses of one scene. World frame, SI units.

    The contact slots are those of `jax2d.ContactSlots` for the scene's capacity.
    """

    position: Float[Array, "body 2"]  # m, centre of mass
    angle: Float[Array, " body"]  # rad, counter-clockwise
    velocity: Float[Array, "body 2"]  # m/s
    angular_velocity: Float[Array, " body"]  # rad/s
    normal_impulse: Float[Array, " contact"]  # N s, never negative
    tangent_impulse: Float[Array, " contact"]  # N s, along the normal turned clockwise
    joint_impulse: Float[Array, "joint 2"]  # N s, on body a; the opposite on body b
    joint_angular_impulse: Float[Array, " joint"]  # N m s, fixed joints only


def initial_state(
    capacity: Capacity,
    position: Float[Array, "body 2"],
    angle: Float[Array, " body"],
    velocity: Float[Array, "body 2"] | None = None,
    angular_velocity: Float[Array, " body"] | None = None,
) -> State:
    """A state without memory of contacts or joints: how an episode starts. Velocities default to zero."""
    contacts = jnp.zeros(len(contact_slots(capacity)))
    return State(
        position=position,
        angle=angle,
        velocity=jnp.zeros_like(position) if velocity is None else velocity,
        angular_velocity=jnp.zeros_like(angle) if angular_velocity is None else angular_velocity,
        normal_impulse=contacts,
        tangent_impulse=contacts,
        joint_impulse=jnp.zeros((capacity.joints, 2)),
        joint_angular_impulse=jnp.zeros(capacity.joints),
    )
