"""The flat observations: the entity rows, without masks, as one vector or as one table.

For plain networks. The left and right wall and the ceiling, the same in every level, are left out."""

from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from jax2d import Capacity
from jax2d.batching import default_settings

from ..level.level import Level
from ..task.env_state import EnvState
from .columns import FLAT_BOUND, shown_polygons
from .features import circle_features, gravity_feature, joint_ends, joint_features, polygon_features, thruster_features

__all__ = ["FlatObservation", "PaddedObservation"]

BOUND = FLAT_BOUND  # numbers beyond are clipped: inverse inertias of small bodies go into the thousands


def _tables(capacity: Capacity, state: EnvState) -> list[Float[Array, "row column"]]:
    """Polygons, circles, joints (one row each, seen from body b) and thrusters; ends are one-hot bodies."""
    level, bodies = state.level, capacity.bodies
    polygons = polygon_features(state)
    joints, ends = joint_features(level)[: capacity.joints], joint_ends(level)[: capacity.joints]
    of_joints = (
        _ends(level.scene.joints.active, ends[:, 0], bodies),
        _ends(level.scene.joints.active, ends[:, 1], bodies),
    )
    thrusters = level.scene.thrusters
    return [
        polygons[jnp.array(shown_polygons(capacity))],
        circle_features(state),
        jnp.concatenate([joints, *of_joints], axis=1),
        jnp.concatenate([thruster_features(level), _ends(thrusters.active, thrusters.body, bodies)], axis=1),
    ]


def _ends(active: Array, body: Array, bodies: int) -> Float[Array, "row body"]:
    """Which body it is, one-hot; zero where there is nothing."""
    return jnp.where(active[:, None], jax.nn.one_hot(body, bodies), 0.0)


def _gravity(level: Level) -> Float[Array, "1"]:
    return gravity_feature(level)[None]


class FlatView(eqx.Module):
    """Makes a vector: all rows one after the other, then gravity."""

    bounds: ClassVar[tuple[float, float]] = (-BOUND, BOUND)  # of every number
    capacity: Capacity = eqx.field(static=True)

    @default_settings
    def __call__(self, state: EnvState) -> Float[Array, " number"]:
        """The numbers as they are now."""
        tables = _tables(self.capacity, state)
        return jnp.clip(jnp.concatenate([*(table.ravel() for table in tables), _gravity(state.level)]), -BOUND, BOUND)


class PaddedView(eqx.Module):
    """Makes a table: one row per entity, all of one width; then its kind one-hot and gravity."""

    bounds: ClassVar[tuple[float, float]] = (-BOUND, BOUND)  # of every number
    capacity: Capacity = eqx.field(static=True)

    @default_settings
    def __call__(self, state: EnvState) -> Float[Array, "row column"]:
        """The rows as they are now."""
        tables = _tables(self.capacity, state)
        width = max(table.shape[1] for table in tables)
        rows = jnp.concatenate([jnp.pad(table, ((0, 0), (0, width - table.shape[1]))) for table in tables])
        kind = jnp.repeat(
            jnp.arange(len(tables)), jnp.array([len(table) for table in tables]), total_repeat_length=len(rows)
        )
        gravity = jnp.broadcast_to(_gravity(state.level), (len(rows), 1))
        return jnp.clip(jnp.concatenate([rows, jax.nn.one_hot(kind, len(tables)), gravity], axis=1), -BOUND, BOUND)


@dataclass(frozen=True, kw_only=True)
class FlatObservation:
    """All numbers of all entities in one vector, clipped to [-10, 10]: for plain networks."""

    name: ClassVar[str] = "flat"

    def build(self, capacity: Capacity) -> FlatView:
        """The observation of levels of a capacity."""
        return FlatView(capacity)


@dataclass(frozen=True, kw_only=True)
class PaddedObservation:
    """One row of the same width for every entity, clipped to [-10, 10]: for plain set networks."""

    name: ClassVar[str] = "flat-padded"

    def build(self, capacity: Capacity) -> PaddedView:
        """The observation of levels of a capacity."""
        return PaddedView(capacity)
