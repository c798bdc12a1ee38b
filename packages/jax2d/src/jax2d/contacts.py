"""What touched what in the step just taken, for tasks and pictures to read."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from .capacity import Capacity
from .slots import ContactSlots, contact_slots

__all__ = ["Contacts"]


class Contacts(eqx.Module):
    """Every contact point of one scene; `slots` says which two bodies a row belongs to.

    A contact is active when the two shapes overlap, whether or not they push each other: bodies connected
    by joints pass through each other, and two immovable bodies have nothing to push. Rows that are not
    active are zero.
    """

    active: Bool[Array, " contact"]
    point: Float[Array, "contact 2"]  # m, world frame
    normal: Float[Array, "contact 2"]  # unit vector from body a to body b
    depth: Float[Array, " contact"]  # m, overlap along the normal
    normal_impulse: Float[Array, " contact"]  # N s, along the normal, on body b
    tangent_impulse: Float[Array, " contact"]  # N s, along the normal turned clockwise, on body b
    capacity: Capacity = eqx.field(static=True)

    @property
    def slots(self) -> ContactSlots:
        """The bodies of each row."""
        return contact_slots(self.capacity)

    def impulse(self, a: int, b: int) -> Float[Array, "2"]:
        """The impulse (N s) on body b from its contacts with body a in the step; divided by `dt`, the mean force.

        Of one scene, not a batch. Zero if the two do not touch, or cannot.
        """
        slots = self.slots
        signs = np.where((slots.body_a == a) & (slots.body_b == b), 1.0, 0.0)
        signs = signs - np.where((slots.body_a == b) & (slots.body_b == a), 1.0, 0.0)
        tangent = jnp.stack([self.normal[:, 1], -self.normal[:, 0]], axis=1)
        each = self.normal_impulse[:, None] * self.normal + self.tangent_impulse[:, None] * tangent
        return (jnp.asarray(signs, jnp.float32)[:, None] * each).sum(0)

    @property
    def touching(self) -> Bool[Array, "*batch body body"]:
        """Whether two bodies touch; symmetric. Works on a batch of contacts as well."""
        never = jnp.zeros((*self.active.shape[:-1], 1), bool)
        padded: Array = jnp.concatenate([self.active, never], axis=-1)
        return padded[..., np.asarray(self.slots.first)]
