"""Whether the task is decided: which roles touch, and how far green is from blue."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from jax2d import Capacity, contact_slots

from ..level.level import Level, Role

__all__ = ["contact_meaning", "goal_distance", "present_roles", "touched"]

GOAL, HAZARD = Role.GREEN * Role.BLUE, Role.GREEN * Role.RED  # no other two roles have these products


def present_roles(level: Level) -> Int[Array, " body"]:
    """The roles of the bodies that exist; `Role.NONE` for the rest."""
    return jnp.where(level.scene.active, level.role, Role.NONE)


def contact_meaning(capacity: Capacity, role: Int[Array, " body"]) -> Float[Array, " contact"]:
    """The product of the roles of the two bodies of each contact: `GOAL`, `HAZARD` or something else."""
    slots = contact_slots(capacity)
    # as a product with constant matrices this takes a batch a tenth of the time that `role[slots.body_a]` takes
    one_hot = np.eye(capacity.bodies, dtype=np.float32)
    roles = role.astype(jnp.float32)
    return (roles @ one_hot[:, slots.body_a]) * (roles @ one_hot[:, slots.body_b])


def touched(
    meaning: Float[Array, " contact"], touching: Bool[Array, " contact"]
) -> tuple[Bool[Array, ""], Bool[Array, ""]]:
    """Whether a green body touches a blue one, and whether a green one touches a red one."""
    return (touching & (meaning == GOAL)).any(), (touching & (meaning == HAZARD)).any()


def goal_distance(role: Int[Array, " body"], position: Float[Array, "body 2"]) -> Float[Array, ""]:
    """Distance between centres of mass in m, summed over all pairs of a green and a blue body."""
    x, y = position[:, 0], position[:, 1]
    across, up = x[:, None] - x, y[:, None] - y
    pair = (role == Role.GREEN)[:, None] & (role == Role.BLUE)
    return jnp.where(pair, jnp.sqrt(across * across + up * up), 0.0).sum()
