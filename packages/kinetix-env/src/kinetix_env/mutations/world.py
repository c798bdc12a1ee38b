"""Changes of what shapes mean, and of gravity."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from ..generators.settings import Settings
from ..level.level import Level
from .common import any_of, bodies_of, finish, open_draft, present_shapes, with_bodies

__all__ = ["change_gravity", "swap_roles"]

_USUAL_GRAVITY = 9.81  # m/s^2


def swap_roles(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Let two random shapes with different roles exchange them."""
    draft = open_draft(level)
    bodies, present = bodies_of(draft), present_shapes(level, draft)
    first_key, other_key = jax.random.split(key)
    # the first one is drawn from those that have a partner, which is all of them or none
    role = bodies.role
    differs = (role[:, None] != role) & present[:, None] & present
    first = any_of(first_key, jnp.any(differs, axis=1))
    other = any_of(other_key, jnp.any(differs & first[:, None], axis=0))
    mine, theirs = jnp.sum(jnp.where(first, role, 0.0)), jnp.sum(jnp.where(other, role, 0.0))
    role = jnp.where(first, theirs, jnp.where(other, mine, role))
    return finish(level, with_bodies(draft, bodies._replace(role=role)), jnp.any(first))


def change_gravity(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Set gravity to 9.81 m/s^2 or, as often, to anything from there to none; always downwards."""
    usual, share = jax.random.uniform(key, (2,))
    down = jnp.where(usual < 0.5, 1.0, share) * -_USUAL_GRAVITY
    changed: Level = eqx.tree_at(lambda old: old.scene.gravity, level, jnp.stack([jnp.zeros_like(down), down]))
    return changed
