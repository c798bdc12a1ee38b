"""Writes the level JSON that Kinetix 3 reads, from a level of ours; see `kinetix_env.levels.published`.

Its reader wants every row of every table, so there are plenty of zeros."""

from typing import Any

import numpy as np

from jax2d import Capacity
from jax2d.geometry import rotate

from ..level.canonical import canonical
from ..level.layout import Arrays, from_level
from ..level.named import NamedLevel
from ..level.physics import PHYSICS, stated
from ..level.validate import check_arrays, check_shapes
from .published import (
    BINDINGS,
    COUNTS,
    EPISODE,
    GHOST,
    PARAMETERS,
    PHYSICS_NAMES,
    ROLES,
    SOLID,
    SOLVER,
    STATIC,
    STATIC_EPISODE,
)

__all__ = ["export_published"]

# What a level does not decide, as the published files have it.
_ENVIRONMENT = ROLES | EPISODE | {"pixels_per_unit": 100, "dense_reward_scale": 0.1}
_STATIC_ENVIRONMENT: dict[str, Any] = {
    **SOLVER,
    **BINDINGS,
    "solver_batch_size": 16,
    "screen_dim": {"0": 500, "1": 500},
    "downscale": 4,
    **STATIC_EPISODE,
    "max_shape_size": 2,
}


def export_published(named: NamedLevel) -> dict[str, Any]:
    """The document of a level in the published format: JSON values."""
    arrays, capacity = from_level(named.level), named.capacity
    check_shapes(arrays, capacity)
    check_arrays(arrays, capacity)
    arrays = canonical(arrays, capacity)
    own = stated(arrays.get(PHYSICS))
    static, polygons, circles = capacity.static_polygons, capacity.polygons, capacity.circles
    points = 2 * (polygons * (polygons - 1) - static * (static - 1)) // 2
    state: dict[str, Any] = {
        "polygon": [_body(arrays, capacity, row) for row in range(polygons)],
        "circle": [_body(arrays, capacity, row) for row in range(polygons, capacity.bodies)],
        "joint": [_joint(arrays, row) for row in range(capacity.joints)],
        "thruster": [_thruster(arrays, row) for row in range(capacity.thrusters)],
        "collision_matrix": _keyed(np.not_equal.outer(arrays["scene.group"], arrays["scene.group"])),
        "acc_rr_manifolds": [_nothing_touches() for _ in range(points)],
        "acc_cr_manifolds": [_nothing_touches() for _ in range(circles * polygons)],
        "acc_cc_manifolds": [_nothing_touches() for _ in range(circles * (circles - 1) // 2)],
        "gravity": _keyed(arrays["scene.gravity"]),
    }
    if arrays["motor_auto"].any():
        state["motor_auto"] = arrays["motor_auto"].tolist()
    return {
        "env_state": state,
        "env_params": PARAMETERS
        | {key: own[name].item() for key, name in PHYSICS_NAMES.items() if name in own}
        | _ENVIRONMENT,
        "static_env_params": {theirs: getattr(capacity, ours) for theirs, ours in COUNTS.items()} | _STATIC_ENVIRONMENT,
        "metadata": _metadata(named) | ({"physics": list(own)} if own else {}),
    }


def _keyed(value: Any) -> Any:
    """An array as nested objects whose keys count up, with numbers as float64 holds them."""
    if value.ndim == 0:
        return value.item()
    return {str(index): _keyed(item) for index, item in enumerate(value)}


def _body(arrays: Arrays, capacity: Capacity, row: int) -> dict[str, Any]:
    """A polygon or a circle; one that is not active has the numbers of the original's empty rows."""
    active, polygon = bool(arrays["scene.active"][row]), row < capacity.polygons
    mode = GHOST if arrays["scene.ghost"][row] else STATIC if row < capacity.static_polygons else SOLID
    corners = arrays["scene.vertices"][row] if polygon else np.zeros((capacity.vertices, 2), np.float32)
    return {
        "position": _keyed(arrays["state.position"][row]),
        "rotation": arrays["state.angle"][row].item(),
        "velocity": _keyed(arrays["state.velocity"][row]),
        "angular_velocity": arrays["state.angular_velocity"][row].item(),
        "inverse_mass": arrays["scene.inverse_mass"][row].item(),
        "inverse_inertia": arrays["scene.inverse_inertia"][row].item(),
        "friction": arrays["scene.friction"][row].item() if active else 1.0,
        "restitution": arrays["scene.restitution"][row].item(),
        "collision_mode": mode,
        "active": active,
        "n_vertices": arrays["scene.vertex_count"][row].item() if polygon else 0,
        "vertices": _keyed(corners),
        "radius": 0.0 if polygon else arrays["scene.radius"][row - capacity.polygons].item(),
        "role": arrays["role"][row].item(),
        "density": arrays["scene.density"][row].item() if active else 1.0,
        "highlighted": False,
    }


def _world(arrays: Arrays, body: int, point: np.ndarray) -> np.ndarray:
    """A point of a body's frame in the world, [2], float32."""
    turned = rotate(point.astype(np.float64), float(arrays["state.angle"][body]))
    moved: np.ndarray = (arrays["state.position"][body] + turned).astype(np.float32)
    return moved


def _joint(arrays: Arrays, row: int) -> dict[str, Any]:
    part = {path.rpartition(".")[2]: array[row] for path, array in arrays.items() if path.startswith("scene.joints.")}
    return {
        "a_index": part["body_a"].item(),
        "b_index": part["body_b"].item(),
        "a_relative_pos": _keyed(part["anchor_a"]),
        "b_relative_pos": _keyed(part["anchor_b"]),
        "global_position": _keyed(_world(arrays, part["body_a"].item(), part["anchor_a"])),
        "active": part["active"].item(),
        "acc_impulse": {"0": 0.0, "1": 0.0},
        "acc_r_impulse": 0.0,
        "motor_speed": part["motor_speed"].item(),
        "motor_power": part["motor_power"].item(),
        "motor_on": part["motor"].item(),
        "motor_has_joint_limits": part["limited"].item(),
        "min_rotation": part["min_angle"].item(),
        "max_rotation": part["max_angle"].item(),
        "is_fixed_joint": part["fixed"].item(),
        "rotation": part["rotation"].item(),
        "motor_binding": arrays["motor_binding"][row].item(),
    }


def _thruster(arrays: Arrays, row: int) -> dict[str, Any]:
    prefix = "scene.thrusters."
    part = {path[len(prefix) :]: array[row] for path, array in arrays.items() if path.startswith(prefix)}
    return {
        "object_index": part["body"].item(),
        "relative_position": _keyed(part["position"]),
        "rotation": part["angle"].item(),
        "power": part["power"].item(),
        "global_position": _keyed(_world(arrays, part["body"].item(), part["position"])),
        "active": part["active"].item(),
        "thruster_binding": arrays["thruster_binding"][row].item(),
    }


def _nothing_touches() -> dict[str, Any]:
    """A contact that is not there."""
    vector = {"0": 0.0, "1": 0.0}
    numbers = dict.fromkeys(("penetration", "acc_impulse_normal", "acc_impulse_tangent"), 0.0)
    return {"normal": vector, "collision_point": vector, "active": False, **numbers, "restitution_velocity_target": 0.0}


def _metadata(named: NamedLevel) -> dict[str, Any]:
    """What people say about the level; the original does not look at it."""
    metadata: dict[str, Any] = {"name": named.name}
    metadata |= {key: text for key in ("description", "family", "notes") if (text := getattr(named, key))}
    if named.tags:
        metadata["tags"] = list(named.tags)
    if named.solution is not None:
        metadata["solution"] = [list(row) for row in named.solution]
    return metadata
