"""The rows of entities that an observation consists of, be it one of entities or a flat one."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from jax2d import Capacity, contact_slots

from ..errors import LevelError
from ..level.level import empty_level
from ..task.env_state import EnvState
from .columns import BODY, THRUSTER, entity_columns, flat_columns, flat_tables, shown_polygons
from .entity import Entities
from .features import polygon_features

__all__ = ["Rows", "rows_of"]


class Rows(NamedTuple):
    """What is seen of a level and of its state. Rows of what does not exist are zero."""

    polygons: Float[Array, "polygon column"]
    circles: Float[Array, "circle column"]
    joints: Float[Array, "joint 22"]  # as seen from body b
    thrusters: Float[Array, "thruster 8"]
    exists: Bool[Array, " body"]
    joint_bodies: Int[Array, "joint 2"]  # b, a
    thruster_bodies: Int[Array, " thruster"]
    touching: Bool[Array, "body body"]
    gravity: Float[Array, ""]  # 10 m/s^2


def rows_of(capacity: Capacity, observation: Any) -> Rows:
    """The rows of one entity or flat observation; a `LevelError` if it is none of the capacity."""
    if isinstance(observation, Entities):
        return _of_entities(capacity, observation)
    if isinstance(observation, (jax.Array, np.ndarray)):
        return _of_flat(capacity, jnp.asarray(observation))
    raise LevelError(
        f"state_from_observation: takes the entity or the flat observation, got {type(observation).__name__}."
    )


def _of_entities(capacity: Capacity, entities: Entities) -> Rows:
    counts = {name: getattr(capacity, name) for name in ("polygons", "circles", "thrusters")}
    counts["joints"] = 2 * capacity.joints
    for name, columns in entity_columns(capacity).items():
        _check(capacity, name, getattr(entities, name), (counts[name], columns.width))
    exists = jnp.concatenate([entities.polygon_mask, entities.circle_mask])
    gravity = jnp.concatenate([entities.polygons[:, -1], entities.circles[:, -1]])
    return Rows(
        polygons=entities.polygons[:, :-1],
        circles=entities.circles[:, :-1],
        joints=entities.joints[: capacity.joints],
        thrusters=entities.thrusters,
        exists=exists,
        joint_bodies=entities.joint_indexes[: capacity.joints],
        thruster_bodies=entities.thruster_indexes,
        touching=entities.attention_mask[3],
        gravity=jnp.where(exists, gravity, 0.0)[jnp.argmax(exists)],
    )


def _of_flat(capacity: Capacity, numbers: Float[Array, "*number"]) -> Rows:
    size = flat_columns(capacity)[-1].place.stop
    _check(capacity, "the flat observation", numbers, (size,))
    tables, start = {}, 0
    counts = {name: getattr(capacity, name) for name in flat_tables(capacity)}
    counts["polygons"] = len(shown_polygons(capacity))
    for name, columns in flat_tables(capacity).items():
        end = start + counts[name] * columns.width
        tables[name] = numbers[start:end].reshape(counts[name], columns.width)
        start = end
    polygons = _with_walls(capacity, tables["polygons"])
    bodies = [rows[:, BODY["angle"]] for rows in (polygons, tables["circles"])]  # sine and cosine are never both 0
    ends = {kind: flat_tables(capacity)[kind] for kind in ("joints", "thrusters")}
    joint_bodies = [tables["joints"][:, ends["joints"][side]].argmax(1) for side in ("body_b", "body_a")]
    return Rows(
        polygons=polygons,
        circles=tables["circles"],
        joints=tables["joints"][:, : ends["joints"]["body_b"].start],
        thrusters=tables["thrusters"][:, : THRUSTER.width],
        exists=jnp.any(jnp.concatenate(bodies) != 0, axis=1),
        joint_bodies=jnp.stack(joint_bodies, axis=1).astype(jnp.int32),
        thruster_bodies=tables["thrusters"][:, ends["thrusters"]["body"]].argmax(1).astype(jnp.int32),
        touching=jnp.zeros((capacity.bodies, capacity.bodies), bool),
        gravity=numbers[-1],
    )


def _with_walls(capacity: Capacity, shown: Float[Array, "shown column"]) -> Float[Array, "polygon column"]:
    """All polygons: those that are shown, and the walls of an empty level."""
    level = empty_level(capacity)
    nothing = jnp.zeros(len(contact_slots(capacity)), bool)
    zero = jnp.zeros(())
    empty = EnvState(
        level=level,
        physics=level.state,
        touching=nothing,
        time=zero.astype(jnp.int32),
        distance=zero,
        done=zero.astype(bool),
    )
    return polygon_features(empty).at[jnp.array(shown_polygons(capacity))].set(shown)


def _check(capacity: Capacity, name: str, array: Array, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise LevelError(
            f"state_from_observation: {name} must have shape {shape} for {capacity}, got {array.shape}. For a batch "
            "use jax.vmap."
        )
