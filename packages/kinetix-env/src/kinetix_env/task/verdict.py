"""What decides an episode, and how far green is from blue.

Green touching blue solves the task, green touching red fails it. The first engine step in which either happens decides;
if both happen in it, the task is failed."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from jax2d import Capacity, contact_slots

from ..level.level import Level, Role

__all__ = ["Verdict", "contact_meaning", "goal_distance", "present_roles"]

GOAL, HAZARD = Role.GREEN * Role.BLUE, Role.GREEN * Role.RED  # no other two roles have these products


class Verdict(eqx.Module):
    """How an episode is decided so far: at most one of `solved` and `failed`."""

    solved: Bool[Array, "*batch"]
    failed: Bool[Array, "*batch"]

    @property
    def open(self) -> Bool[Array, "*batch"]:
        """Whether neither has happened yet."""
        return ~(self.solved | self.failed)

    def after(self, meaning: Float[Array, " contact"], touching: Bool[Array, " contact"]) -> "Verdict":
        """The verdict after one more engine step, in which these contacts touch; `meaning` is `contact_meaning`'s."""
        goal, hazard = (touching & (meaning == GOAL)).any(), (touching & (meaning == HAZARD)).any()
        return Verdict(solved=self.solved | (self.open & goal & ~hazard), failed=self.failed | (self.open & hazard))


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


def goal_distance(role: Int[Array, " body"], position: Float[Array, "body 2"]) -> Float[Array, ""]:
    """Distance between centres of mass in m, summed over all pairs of a green and a blue body.

    Its derivative is that of the distances, and 0 for two bodies on one spot, where there is none.
    """
    x, y = position[:, 0], position[:, 1]
    across, up = x[:, None] - x, y[:, None] - y
    pair = (role == Role.GREEN)[:, None] & (role == Role.BLUE)
    square = across * across + up * up
    apart = pair & (square > 0)  # the root of 0 has an infinite derivative, which would make all gradients NaN
    return jnp.where(apart, jnp.sqrt(jnp.where(apart, square, 1.0)), 0.0).sum()
