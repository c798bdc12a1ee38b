"""Levels that the tests of this folder share: by hand, at random, and the published ones."""

import json
from typing import Any

import jax.numpy as jnp
import numpy as np

from jax2d import Capacity
from kinetix_env import Level
from kinetix_env.level.layout import Arrays, from_level, groups, to_level
from kinetix_env.levels import NamedLevel
from tests.jax2d.choices import SeededChoice
from tests.jax2d.random_scenes import random_builder
from tests.kinetix_env.reference import level_path

NAMES = (
    *("s/h2_one_wheel_car", "s/h4_thrust_aim", "s/h7_unicycle_left"),
    *("m/arm_up", "m/h14_thrustblock", "m/h1_car_left", "m/h5_angry_birds"),
    *("l/grasp_easy", "l/h4_cartpole", "l/h6_lorry", "l/hard_pinball", "l/mjc_half_cheetah"),
)

CAPACITIES = {
    "s": Capacity.small(),
    "m": Capacity.medium(),
    "l": Capacity.large(),
    "hexagons": Capacity(polygons=9, circles=2, joints=3, thrusters=1, static_polygons=6, vertices=6),
    "void": Capacity(polygons=3, circles=3, joints=2, thrusters=2, static_polygons=0, vertices=3),
}


def car() -> dict[str, Any]:
    """A small document with every kind of entity in it."""
    return {
        "format": "kinetix-level/1",
        "name": "car",
        "description": "Drive to the blue ball.",
        "tags": ["car"],
        "size": "m",
        "walls": {"floor": {"role": "red", "friction": 0.5}},
        "bodies": [
            {"name": "chassis", "shape": "box", "width": 1, "height": 0.2, "position": [1, 0.8], "role": "green"},
            {"name": "wedge", "shape": "polygon", "vertices": [[3, 1], [3.6, 0.6], [3, 0.6]], "immovable": True},
            {"name": "front", "shape": "circle", "radius": 0.2, "position": [1.4, 0.7], "friction": 2},
            {"name": "back", "shape": "circle", "radius": 0.2, "position": [0.6, 0.7], "density": 0.5},
            {"name": "goal", "shape": "circle", "radius": 0.25, "position": [4.5, 2], "role": "blue"},
        ],
        "joints": [
            {"type": "revolute", "a": "chassis", "b": "front", "at": [1.4, 0.7], "motor": {"binding": 1}},
            {"type": "revolute", "a": "chassis", "b": "back", "anchor": [-0.4, -0.1], "limits": [-1, 1]},
        ],
        "thrusters": [{"body": "chassis", "position": [-0.5, 0], "angle": 0, "power": 0.3, "binding": 1}],
        "solution": [[0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 1]],
    }


def random_level(seed: int, size: str) -> NamedLevel:
    """A random level: any features in any slots, odd masses, holes between rows."""
    rng, capacity = np.random.default_rng(seed), CAPACITIES[size]
    scene, state = random_builder(capacity, SeededChoice(seed), wild=bool(rng.integers(2))).build()
    draw = {
        "role": rng.integers(4, size=capacity.bodies),
        "motor_binding": rng.integers(4, size=capacity.joints),
        "motor_auto": rng.integers(2, size=capacity.joints).astype(bool),
        "thruster_binding": rng.integers(2, size=capacity.thrusters),
    }
    numbers = {name: value if value.dtype == bool else value.astype(np.int32) for name, value in draw.items()}
    level = Level(scene=scene, state=state, **to_jax(numbers))
    arrays = {path: array.copy() for path, array in from_level(level).items()}
    _make_holes(arrays, rng)
    movable = np.flatnonzero(arrays["scene.inverse_mass"])
    for path in ("scene.inverse_mass", "scene.inverse_inertia"):
        for row in rng.permutation(movable)[:2]:
            arrays[path][row] *= np.float32(rng.choice([0.5, 1.1, 1 + 1e-7]))
    return NamedLevel(name=f"random-{seed}", level=to_level(arrays, capacity))


def to_jax(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Numpy arrays as JAX arrays."""
    return {name: jnp.asarray(array) for name, array in arrays.items()}


def _make_holes(arrays: Arrays, rng: np.random.Generator) -> None:
    """Deactivate some joints, thrusters and bodies, and leave their values in their rows."""
    for kind in ("joints", "thrusters"):
        active = arrays[f"scene.{kind}.active"]
        active &= rng.random(active.shape) < 0.8
    used = np.zeros(len(arrays["scene.active"]), bool)
    for path in ("scene.joints.body_a", "scene.joints.body_b", "scene.thrusters.body"):
        used[arrays[path][arrays[path.rpartition(".")[0] + ".active"]]] = True
    arrays["scene.active"] &= used | (rng.random(used.shape) < 0.8)
    arrays["scene.group"] = groups(arrays)


def published_document(name: str) -> Any:
    """The JSON of a published level."""
    return json.loads(level_path(name).read_text(encoding="utf-8"))
