"""Adding and removing shapes and joints. New shapes are drawn as the generator draws them, but only one of each."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from ..generators.draft import Draft
from ..generators.draws import ShapeDraws, named
from ..generators.lanes import row_of
from ..generators.propose import Wanted, insert, propose
from ..generators.settings import Settings
from ..level.level import Level
from .common import any_of, finish, free_row, joints_of, open_draft, present_shapes, thrusters_of

__all__ = ["add_connected_shape", "add_shape", "remove_joint", "remove_shape"]


def add_shape(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Add a free shape; needs a free slot."""
    return _add(key, level, config, connected=False)


def add_connected_shape(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Add a shape that a joint connects to another; needs that one, a free slot and a free joint."""
    return _add(key, level, config, connected=True)


def _add(key: PRNGKeyArray, level: Level, config: Settings, *, connected: bool) -> Level:
    draft = open_draft(level)
    if connected and not level.capacity.joints:
        return level
    draws = named(ShapeDraws, jax.random.uniform(key, (len(ShapeDraws._fields),)))
    wanted = Wanted(jnp.asarray(connected), jnp.asarray(False), jnp.asarray(False))
    proposal = propose(config, level.capacity, draft, draws, wanted)
    active, polygons = draft.bodies[0], level.capacity.polygons
    body = jnp.concatenate(
        [free_row(active[:polygons]) & proposal.polygon, free_row(active[polygons:]) & ~proposal.polygon]
    )
    added = insert(draft, proposal, body, free_row(draft.joints[0]))
    return finish(level, added, proposal.possible)


def remove_joint(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Remove a random joint."""
    draft = open_draft(level)
    gone = any_of(key, draft.joints[0] > 0)
    return finish(level, draft._replace(joints=_without(draft.joints, gone)), jnp.any(gone))


def remove_shape(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Remove a random shape, with the joints and thrusters on it."""
    draft = open_draft(level)
    gone = any_of(key, present_shapes(level, draft))
    index, joints = row_of(gone), joints_of(draft)
    left = Draft(
        bodies=_without(draft.bodies, gone),
        joints=_without(draft.joints, (joints.body_a == index) | (joints.body_b == index)),
        thrusters=_without(draft.thrusters, thrusters_of(draft).body == index),
    )
    return finish(level, left, jnp.any(gone))


def _without(table: Array, gone: Array) -> Array:
    """A table with some rows zeroed."""
    return jnp.where(gone, 0.0, table)
