"""The entity observation: a set of rows for each kind of entity, with masks and the relations between bodies.

For set networks and transformers. Bodies are numbered polygons first, then circles."""

from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from jax2d import Capacity, contact_slots
from jax2d.batching import default_settings

from ..level.level import Level
from ..task.env_state import EnvState
from .features import (
    circle_features,
    gravity_feature,
    joint_ends,
    joint_features,
    polygon_features,
    thruster_features,
)

__all__ = ["Entities", "EntityObservation"]


class Entities(eqx.Module):
    """One observation. Rows whose mask is off are zero."""

    polygons: Float[Array, "polygon column"]  # 27 columns with four corners, two more for each further corner
    circles: Float[Array, "circle 19"]
    joints: Float[Array, "row 22"]  # two rows per joint, one in each direction
    thrusters: Float[Array, "thruster 8"]
    polygon_mask: Bool[Array, " polygon"]
    circle_mask: Bool[Array, " circle"]
    joint_mask: Bool[Array, " row"]
    thruster_mask: Bool[Array, " thruster"]
    joint_indexes: Int[Array, "row 2"]  # the bodies that a row goes from and to
    thruster_indexes: Int[Array, " thruster"]  # the body that it pushes
    attention_mask: Bool[Array, "4 body body"]  # both exist, in one joint chain, joined directly, touching


def _joined(level: Level, bodies: int) -> Bool[Array, "body body"]:
    """Whether a joint connects two bodies."""
    joints = level.scene.joints
    a = jax.nn.one_hot(joints.body_a, bodies) * joints.active[:, None].astype(jnp.float32)
    b = jax.nn.one_hot(joints.body_b, bodies)
    one_way = a.T @ b
    return (one_way + one_way.T) > 0


def _touching(capacity: Capacity, touching: Bool[Array, " contact"]) -> Bool[Array, "body body"]:
    """Whether two bodies touched in the last engine step, each pair once as in Kinetix 3.0.2.

    A pair stands in the row of its circle if one is a polygon, else in the row of the lower number.
    """
    slots = contact_slots(capacity)
    polygon = jnp.arange(capacity.bodies) < capacity.polygons
    row, column = jnp.meshgrid(polygon, polygon, indexing="ij")
    below = jnp.arange(capacity.bodies)[:, None] < jnp.arange(capacity.bodies)
    once = (~row & column) | ((row == column) & below)
    padded = jnp.concatenate([touching, jnp.zeros(1, bool)])
    return padded[slots.first] & once


class EntityView(eqx.Module):
    """Makes `Entities`."""

    capacity: Capacity = eqx.field(static=True)

    @default_settings
    def __call__(self, state: EnvState) -> Entities:
        """The entities as they are now."""
        level, scene = state.level, state.level.scene
        count = self.capacity.polygons
        active, joint_active = scene.active, scene.joints.active
        both = active[:, None] & active[None]
        relations = (
            both,
            scene.group[:, None] == scene.group[None],
            _joined(level, self.capacity.bodies),
            _touching(self.capacity, state.touching),
        )
        return Entities(
            polygons=_with_gravity(polygon_features(state), level, active[:count]),
            circles=_with_gravity(circle_features(state), level, active[count:]),
            joints=joint_features(level),
            thrusters=thruster_features(level),
            polygon_mask=active[:count],
            circle_mask=active[count:],
            joint_mask=jnp.concatenate([joint_active, joint_active]),
            thruster_mask=scene.thrusters.active,
            joint_indexes=joint_ends(level),
            thruster_indexes=jnp.where(scene.thrusters.active, scene.thrusters.body, 0),
            attention_mask=jnp.stack([both & relation for relation in relations]),
        )


def _with_gravity(
    rows: Float[Array, "row column"], level: Level, active: Bool[Array, " row"]
) -> Float[Array, "row column+1"]:
    """Every body has gravity among its features, so that no network needs a place of its own for it."""
    return jnp.concatenate([rows, jnp.where(active, gravity_feature(level), 0.0)[:, None]], axis=1)


@dataclass(frozen=True, kw_only=True)
class EntityObservation:
    """A set of rows for each kind of entity, with masks: for set networks and transformers."""

    name: ClassVar[str] = "entity"

    def build(self, capacity: Capacity) -> EntityView:
        """The observation of levels of a capacity."""
        return EntityView(capacity)
