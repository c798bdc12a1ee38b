"""Transformed copies of a level: reflected, or with its bodies in another order."""

from dataclasses import replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from jax2d import Capacity
from kinetix_env import Level

WIDTH = 5.0  # m, of the world; the mirror stands in its middle
LEFT, RIGHT = 1, 2  # the walls that change places
MIRRORED_MOTOR = np.array([0, 2, 1])  # a motor runs the other way round


def _flip(vectors: Any) -> jax.Array:
    return jnp.asarray(np.asarray(vectors) * np.array([-1, 1], np.float32))


def mirrored(level: Level, capacity: Capacity) -> Level:
    """The mirror image of a level that has the standard walls, or none. Those stay what they are."""
    scene, state, walls = level.scene, level.state, capacity.static_polygons
    joints, thrusters = scene.joints, scene.thrusters
    vertices = np.array(scene.vertices)
    for row in range(walls, capacity.polygons):
        count = int(scene.vertex_count[row])
        vertices[row, :count] = vertices[row, :count][::-1] * np.array([-1, 1])  # stays clockwise
    position = np.array(state.position)
    position[walls:, 0] = WIDTH - position[walls:, 0]
    joints = replace(
        joints,
        anchor_a=_flip(joints.anchor_a),
        anchor_b=_flip(joints.anchor_b),
        rotation=-joints.rotation,
        min_angle=-joints.max_angle,
        max_angle=-joints.min_angle,
    )
    thrusters = replace(thrusters, position=_flip(thrusters.position), angle=jnp.float32(np.pi) - thrusters.angle)
    role = np.array(level.role)
    role[[LEFT, RIGHT]] = role[[RIGHT, LEFT]]
    return replace(
        level,
        scene=replace(scene, vertices=jnp.asarray(vertices), joints=joints, thrusters=thrusters),
        state=replace(
            state,
            position=jnp.asarray(position),
            angle=-state.angle,
            velocity=_flip(state.velocity),
            angular_velocity=-state.angular_velocity,
        ),
        role=jnp.asarray(role),
    )


def mirrored_action(action: Any) -> np.ndarray:
    """The multi-discrete action whose effect in the mirrored level equals that of `action`."""
    action = np.array(action)
    action[..., :4] = MIRRORED_MOTOR[action[..., :4]]
    return action


def permuted(level: Level, capacity: Capacity, order: Any) -> Level:
    """The level with body `order[k]` in row k; order keeps walls, polygons and circles among themselves."""
    order = np.asarray(order)
    place = np.argsort(order)
    polygons = order[: capacity.polygons]
    circles = order[capacity.polygons :] - capacity.polygons
    scene, state, joints, thrusters = level.scene, level.state, level.scene.joints, level.scene.thrusters
    by_body = ("active", "inverse_mass", "inverse_inertia", "density", "friction", "restitution", "ghost")
    scene = replace(
        scene,
        vertices=scene.vertices[polygons],
        vertex_count=scene.vertex_count[polygons],
        radius=scene.radius[circles],
        group=scene.group[order],  # any numbers do, as long as they are the same in a group
        joints=replace(joints, body_a=jnp.asarray(place)[joints.body_a], body_b=jnp.asarray(place)[joints.body_b]),
        thrusters=replace(thrusters, body=jnp.asarray(place)[thrusters.body]),
        **{name: getattr(scene, name)[order] for name in by_body},
    )
    pose = ("position", "angle", "velocity", "angular_velocity")
    state = replace(state, **{name: getattr(state, name)[order] for name in pose})
    return eqx.tree_at(lambda one: (one.scene, one.state, one.role), level, (scene, state, level.role[order]))


def with_rubbish(level: Level, capacity: Capacity, seed: int) -> Level:
    """The same level with random numbers in all rows of bodies, joints and thrusters that do not exist."""
    draw = np.random.default_rng(seed)
    scene = level.scene
    absent = {
        capacity.bodies: ~np.asarray(scene.active),
        -1: ~np.asarray(scene.joints.active),
        -2: ~np.asarray(scene.thrusters.active),
    }

    def fill(array: jax.Array, rows: np.ndarray, most: int | None = None) -> jax.Array:
        out = np.array(array)
        shape = out[rows].shape
        if out.dtype == bool:
            out[rows] = draw.random(shape) < 0.5
        elif np.issubdtype(out.dtype, np.integer):
            out[rows] = draw.integers(0, most or 3, shape)
        else:
            out[rows] = draw.uniform(-1, 1, shape)
        return jnp.asarray(out)

    bodies, joints, thrusters = absent.values()
    polygons, circles = bodies[: capacity.polygons], bodies[capacity.polygons :]

    def table(rows: Any, which: np.ndarray) -> Any:
        names = [name for name in vars(rows) if name != "active"]
        return replace(rows, **{name: fill(getattr(rows, name), which) for name in names})

    materials = ("inverse_mass", "inverse_inertia", "density", "friction", "restitution", "ghost")
    scene = replace(
        scene,
        vertices=fill(scene.vertices, polygons),
        vertex_count=fill(scene.vertex_count, polygons, capacity.vertices),
        radius=fill(scene.radius, circles),
        joints=table(scene.joints, joints),
        thrusters=table(scene.thrusters, thrusters),
        **{name: fill(getattr(scene, name), bodies) for name in materials},
    )
    pose = ("position", "angle", "velocity", "angular_velocity")
    state = replace(level.state, **{name: fill(getattr(level.state, name), bodies) for name in pose})
    return replace(
        level,
        scene=scene,
        state=state,
        role=fill(level.role, bodies),
        motor_binding=fill(level.motor_binding, joints),
        motor_auto=fill(level.motor_auto, joints),
        thruster_binding=fill(level.thruster_binding, thrusters, 2),
    )
