"""What the mutations share: the tables of a level, drawing one of their rows, writing it back."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from jax2d.boundary import WALLS

from ..errors import LevelError
from ..generators.draft import BodyRow, Draft, JointRow, ThrusterRow, draft_of, level_of, rows, stacked
from ..generators.lanes import pick, rows_from
from ..level.level import Level

__all__ = [
    "any_of",
    "bodies_of",
    "finish",
    "free_row",
    "joints_of",
    "open_draft",
    "present_shapes",
    "thrusters_of",
    "with_bodies",
    "with_joints",
]


def open_draft(level: Level) -> Draft:
    """A level's tables; a `LevelError` if the level has no four walls."""
    capacity, walls = level.capacity, len(WALLS)
    if capacity.static_polygons != walls or capacity.vertices < walls:
        raise LevelError(
            f"Mutations need a level with {walls} static polygons and at least {walls} vertices, got one of {capacity}."
        )
    return draft_of(level)


def finish(level: Level, draft: Draft, possible: Array) -> Level:
    """The level that the tables describe, or the old one where the change is not possible."""
    changed = level_of(draft, level)
    finished: Level = jax.tree.map(lambda new, old: jnp.where(possible, new, old), changed, level)
    return finished


def present_shapes(level: Level, draft: Draft) -> Array:
    """A mask of the bodies that exist, walls left out."""
    active = draft.bodies[0] > 0
    return active & rows_from(level.capacity.static_polygons, active)


def any_of(key: PRNGKeyArray, mask: Array) -> Array:
    """A mask of one random row among those marked; empty if there are none."""
    if not len(mask):
        return mask
    return pick(mask.astype(jnp.float32), jax.random.uniform(key))


def with_bodies(draft: Draft, bodies: BodyRow) -> Draft:
    """The draft with all bodies replaced."""
    return draft._replace(bodies=stacked(bodies))


def with_joints(draft: Draft, joints: JointRow) -> Draft:
    """The draft with all joints replaced."""
    return draft._replace(joints=stacked(joints))


def joints_of(draft: Draft) -> JointRow:
    """All joints."""
    return rows(JointRow, draft.joints)


def bodies_of(draft: Draft) -> BodyRow:
    """All bodies."""
    return rows(BodyRow, draft.bodies)


def thrusters_of(draft: Draft) -> ThrusterRow:
    """All thrusters."""
    return rows(ThrusterRow, draft.thrusters)


def free_row(active: Array) -> Array:
    """A mask of the first row that is not active (a flag or number [row]); empty if there is none."""
    free = ~(active > 0)
    return free & (jnp.cumsum(free) == 1)
