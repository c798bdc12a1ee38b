"""Random valid scenes for tests: from a seed (`random_scene`) or drawn by Hypothesis (`scenes`, `capacities`).

Both make the same kinds of scenes with every feature of the builder: spread out or overlapping bodies,
immovable and ghost ones, trees of joints with motors and limits, joints to walls, thrusters; with `wild=True`
also joints that contradict each other. Hypothesis shrinks towards few, plain bodies."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np
from hypothesis import strategies as st

from jax2d.builder import SceneBuilder
from jax2d.capacity import Capacity
from jax2d.geometry import rotate
from jax2d.scene import Scene
from jax2d.state import State
from tests.jax2d.choices import DrawnChoice, SeededChoice
from tests.jax2d.random_scenes import random_builder

CAPACITIES = (
    Capacity.small(),
    Capacity.medium(),
    Capacity.large(),
    Capacity(polygons=3, circles=0, joints=2, thrusters=1, static_polygons=0, vertices=3),
    Capacity(polygons=9, circles=2, joints=0, thrusters=0, static_polygons=5, vertices=6),
    Capacity(polygons=0, circles=3, joints=3, thrusters=2, static_polygons=0),
    Capacity(polygons=6, circles=0, joints=4, thrusters=0, static_polygons=2, vertices=6),
)


def same(first: Any, second: Any) -> bool:
    """Whether two trees of arrays are equal in type, shape and every bit of their values."""
    pairs = zip(jax.tree.leaves(first), jax.tree.leaves(second), strict=True)
    return all(a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b) for a, b in pairs)


def to_world(scene_state: tuple[Scene, State], body: int, local: np.ndarray) -> np.ndarray:
    """A point of a body (m, from its centre of mass) in the world."""
    _, state = scene_state
    return np.asarray(state.position[body]) + rotate(local, float(state.angle[body]))


def random_scene(capacity: Capacity, seed: int, **options: Any) -> tuple[Scene, State]:
    """A random valid scene; the same seed gives the same scene. `options` are those of `random_builder`."""
    return random_builder(capacity, SeededChoice(seed), **options).build()


@contextmanager
def _random_state_kept() -> Iterator[None]:
    """Let beartype look at random items of lists, while Hypothesis forbids the use of `random` in strategies."""
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)


@st.composite
def builders(draw: st.DrawFn, /, capacity: Capacity, **options: Any) -> SceneBuilder:
    """Builders in which a random valid scene is under construction. `options` are those of `random_builder`."""
    with _random_state_kept():
        return random_builder(capacity, DrawnChoice(draw), **options)


@st.composite
def scenes(draw: st.DrawFn, /, capacity: Capacity, **options: Any) -> tuple[Scene, State]:
    """Random valid scenes of one capacity. `options` are those of `random_builder`."""
    with _random_state_kept():
        return draw(builders(capacity, **options)).build()


def capacities() -> st.SearchStrategy[Capacity]:
    """Capacities of all kinds: without walls, circles or joints, with triangles only and with hexagons."""
    return st.sampled_from(CAPACITIES)
