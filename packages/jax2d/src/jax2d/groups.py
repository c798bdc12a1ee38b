"""The collision filter: bodies that joints connect, directly or through a chain, share a group number.

Bodies of one group overlap freely. That holds for immovable bodies as well: all that hangs from one wall
belongs to that wall's group.

Joints are taken one by one, and each gives the groups of its two bodies the smaller of their two numbers
(union-find without trees). After the last joint, a body's number is the smallest index in its chain. The
work is joints times bodies, elementwise, so it runs well under `jit` and `vmap`."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

__all__ = ["collision_groups"]

Row = tuple[Bool[Array, ""], Int[Array, ""], Int[Array, ""]]


def collision_groups(
    active: Bool[Array, " joint"], body_a: Int[Array, " joint"], body_b: Int[Array, " joint"], bodies: int
) -> Int[Array, " body"]:
    """The group of each of `bodies` bodies, given which joints exist and the two bodies of each."""
    index = jnp.arange(bodies, dtype=jnp.int32)

    def unite(group: Int[Array, " body"], joint: Row) -> tuple[Int[Array, " body"], None]:
        exists, a, b = joint
        ends = (index == a) | (index == b)
        low = jnp.min(jnp.where(ends, group, bodies))
        high = jnp.max(jnp.where(ends, group, -1))
        return jnp.where(exists & (group == high), low, group), None

    return jax.lax.scan(unite, index, (active, body_a, body_b))[0]
