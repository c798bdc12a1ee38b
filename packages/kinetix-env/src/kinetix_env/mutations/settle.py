"""Putting the bodies of a chain back together after one of them has changed.

Bodies that joints connect are placed one after the other, each so that its anchor meets that of a neighbour which is
placed already. The chain hangs from what cannot move in it, or else from the body that changed. Where joints close
a loop, or two immovable bodies share a chain, some anchors may stay apart; the engine pulls them together."""

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from ..generators.draft import Draft
from .common import bodies_of, joints_of, with_bodies

__all__ = ["settle"]

Places = tuple[Array, Array, Array]  # x, y and whether a body is placed


def settle(draft: Draft, group: Array, changed: Array) -> Draft:
    """Move the chain of the changed body; `group` [body] are the collision groups, `changed` is a mask of one body."""
    bodies, joints = bodies_of(draft), joints_of(draft)
    chain = (group == jnp.sum(jnp.where(changed, group, 0))) & (bodies.active > 0)
    held = chain & (bodies.inverse_mass == 0)
    placed = ~chain | jnp.where(jnp.any(held), held, changed)
    count = len(joints.active)
    cos, sin = jnp.cos(bodies.angle), jnp.sin(bodies.angle)
    index = jnp.arange(len(bodies.x), dtype=jnp.float32)

    def arm(body: Array, anchor: tuple[Array, Array]) -> tuple[Array, Array]:
        """From a body's centre to an anchor on it, in the world."""
        c, s = (jnp.sum(jnp.where(index == body, each, 0.0)) for each in (cos, sin))
        return c * anchor[0] - s * anchor[1], s * anchor[0] + c * anchor[1]

    def meet(places: Places, joint: Array) -> tuple[Places, None]:
        x, y, placed = places
        row = jax.tree.map(lambda field: field[joint], joints)
        first, other = index == row.body_a, index == row.body_b
        arm_a, arm_b = arm(row.body_a, row.anchor_a), arm(row.body_b, row.anchor_b)
        apart_x = jnp.sum(jnp.where(first, x, 0.0) - jnp.where(other, x, 0.0)) + arm_a[0] - arm_b[0]
        apart_y = jnp.sum(jnp.where(first, y, 0.0) - jnp.where(other, y, 0.0)) + arm_a[1] - arm_b[1]
        has_a, has_b = jnp.any(first & placed), jnp.any(other & placed)
        moves_b = other & has_a & ~has_b & (row.active > 0)
        moves_a = first & has_b & ~has_a & (row.active > 0)
        sign = moves_b.astype(jnp.float32) - moves_a.astype(jnp.float32)
        return (x + sign * apart_x, y + sign * apart_y, placed | moves_a | moves_b), None

    order = jnp.tile(jnp.arange(count), count)  # as many rounds as a chain can be long
    (x, y, _), _ = lax.scan(meet, (bodies.x, bodies.y, placed), order)
    return with_bodies(draft, bodies._replace(x=x, y=y))
