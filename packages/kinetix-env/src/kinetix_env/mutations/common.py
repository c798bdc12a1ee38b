"""What the mutations share: the capacity of a level, drawing one of its rows, writing it back."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from jax2d import Capacity, contact_slots

from ..errors import LevelError
from ..generators.draft import BodyRow, Draft, JointRow, ThrusterRow, draft_of, level_of, rows, stacked
from ..generators.lanes import pick, rows_from
from ..level.level import Level

__all__ = [
    "any_of",
    "bodies_of",
    "capacity_of",
    "finish",
    "free_row",
    "joints_of",
    "open_draft",
    "present_shapes",
    "thrusters_of",
    "with_bodies",
    "with_joints",
]

_WALLS = 4


def capacity_of(level: Level) -> Capacity:
    """The capacity of a level; a `LevelError` if its static polygons are not the four walls."""
    scene, joints, thrusters = level.scene, level.scene.joints, level.scene.thrusters
    polygons, vertices = scene.vertices.shape[:2]
    capacity = Capacity(
        polygons=polygons,
        circles=scene.radius.shape[0],
        joints=joints.active.shape[0],
        thrusters=thrusters.active.shape[0],
        static_polygons=min(_WALLS, polygons),
        vertices=vertices,
    )
    contacts = level.state.normal_impulse.shape[0]
    if polygons < _WALLS or vertices < 4 or contacts != len(contact_slots(capacity)):
        raise LevelError(
            f"Mutations need a level with {_WALLS} static polygons and at least 4 vertices, got one with {polygons} "
            f"polygons, {vertices} vertices and {contacts} contact slots."
        )
    return capacity


def open_draft(level: Level) -> tuple[Capacity, Draft]:
    """A level's capacity and its tables."""
    return capacity_of(level), draft_of(level)


def finish(capacity: Capacity, level: Level, draft: Draft, possible: Array) -> Level:
    """The level that the tables describe, or the old one where the change is not possible."""
    changed = level_of(capacity, draft, level)
    finished: Level = jax.tree.map(lambda new, old: jnp.where(possible, new, old), changed, level)
    return finished


def present_shapes(capacity: Capacity, draft: Draft) -> Array:
    """A mask of the bodies that exist, walls left out."""
    active = draft.bodies[0] > 0
    return active & rows_from(capacity.static_polygons, active)


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
