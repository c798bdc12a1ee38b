"""Transformed copies of a scene: reflected, rotated about the origin, translated. NumPy in float64 throughout.

The mirror is x -> -x. It turns every rotation round, so a polygon's corners must be listed the other way round to
stay clockwise, limits change places, and motors run backwards."""

from dataclasses import replace

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from jax2d import Scene, State
from tests.jax2d.simulate import Case

FLIP = np.array([-1.0, 1.0])


def _mirrored_corners(scene: Scene) -> np.ndarray:
    vertices = np.array(scene.vertices) * FLIP.astype(np.float32)
    for polygon, count in zip(vertices, np.asarray(scene.vertex_count), strict=True):
        polygon[:count] = polygon[:count][::-1].copy()
    return vertices


def mirrored(case: Case) -> Case:
    """The mirror image of a case without accumulated impulses."""
    scene, flip = case.scene, jnp.asarray(FLIP, jnp.float32)
    joints, thrusters = scene.joints, scene.thrusters
    joints = replace(
        joints,
        anchor_a=joints.anchor_a * flip,
        anchor_b=joints.anchor_b * flip,
        rotation=-joints.rotation,
        min_angle=-joints.max_angle,
        max_angle=-joints.min_angle,
    )
    thrusters = replace(thrusters, position=thrusters.position * flip, angle=jnp.float32(np.pi) - thrusters.angle)
    actions = np.array(case.actions)
    actions[..., : len(joints.active)] *= -1
    scene = replace(
        scene,
        vertices=jnp.asarray(_mirrored_corners(scene)),
        joints=joints,
        thrusters=thrusters,
        gravity=scene.gravity * flip,
    )
    return replace(case, scene=scene, state=mirrored_state(case.state), actions=actions)


def mirrored_state(state: State) -> State:
    """Poses and velocities in the mirror; works with leading axes."""
    flip = FLIP.astype(np.float32)
    fields = state.position * flip, -state.angle, state.velocity * flip, -state.angular_velocity
    return with_motion(state, *fields)


def moved(case: Case, angle: float = 0.0, shift: tuple[float, float] = (0.0, 0.0)) -> Case:
    """The case turned by an angle about the origin, gravity included, and then shifted."""
    turn = _turn(angle)
    gravity = jnp.asarray(np.asarray(case.scene.gravity, np.float64) @ turn.T, jnp.float32)
    scene = eqx.tree_at(lambda s: s.gravity, case.scene, gravity)
    return replace(case, scene=scene, state=moved_state(case.state, angle, shift))


def moved_state(state: State, angle: float = 0.0, shift: tuple[float, float] = (0.0, 0.0)) -> State:
    """Poses and velocities turned and shifted; works with leading axes."""
    turn = _turn(angle)
    return with_motion(
        state,
        np.asarray(state.position, np.float64) @ turn.T + shift,
        np.asarray(state.angle, np.float64) + angle,
        np.asarray(state.velocity, np.float64) @ turn.T,
        state.angular_velocity,
    )


def _turn(angle: float) -> np.ndarray:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def with_motion(state: State, *fields: np.ndarray) -> State:
    """The state with other positions, angles, velocities and angular velocities."""
    floats = [jnp.asarray(field, jnp.float32) for field in fields]
    return eqx.tree_at(lambda s: (s.position, s.angle, s.velocity, s.angular_velocity), state, floats)
