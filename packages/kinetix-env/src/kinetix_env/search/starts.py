"""Perturbed starts of a level, to test the robustness of its solutions."""

import jax
import numpy as np

from jax2d import State

from ..level.level import Level

__all__ = ["perturbed"]

SHIFT = 0.005  # m, standard deviation for whole chains of bodies that hang on nothing immovable
JOLT = 0.02  # m/s and rad/s, standard deviation for each movable body


def perturbed(level: Level, count: int, rng: np.random.Generator) -> State:
    """`count` starts of a level, stacked: chains of movable bodies shifted as a whole, and every body jolted."""
    level = jax.device_get(level)
    scene = level.scene
    movable = scene.active & (scene.inverse_mass > 0)
    held = np.isin(scene.group, scene.group[scene.active & (scene.inverse_mass == 0)])  # to something immovable
    shift = rng.normal(0, SHIFT, (count, len(movable), 2))[:, scene.group]
    jolt = rng.normal(0, JOLT, (count, len(movable), 3))
    turns = movable & (scene.inverse_inertia > 0)
    starts: State = jax.tree.map(lambda leaf: np.repeat(leaf[None], count, axis=0), level.state)
    starts.position[:] += np.where((movable & ~held)[:, None], shift, 0)
    starts.velocity[:] += np.where(movable[:, None], jolt[..., :2], 0)
    starts.angular_velocity[:] += np.where(turns, jolt[..., 2], 0)
    return starts
