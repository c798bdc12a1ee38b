"""Random valid scenes for tests: from a seed (`random_scene`) or drawn by Hypothesis (`scenes`, `capacities`).

Both make the same kinds of scenes with every feature of the builder: spread out or overlapping bodies,
immovable and ghost ones, chains of joints with motors and limits, joints to walls, thrusters. Hypothesis
shrinks towards few, plain bodies."""

import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import jax
import numpy as np
from hypothesis import strategies as st

from jax2d.builder import SceneBuilder
from jax2d.capacity import Capacity
from jax2d.scene import Scene
from jax2d.state import State

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


class Choice(Protocol):
    """Where the random numbers come from."""

    def number(self, low: float, high: float) -> float:
        """A number in [low, high]."""

    def integer(self, low: int, high: int) -> int:
        """An integer in [low, high]."""

    def chance(self, probability: float) -> bool:
        """True with about this probability."""


class SeededChoice:
    """Choices of a numpy generator."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def number(self, low: float, high: float) -> float:
        return float(self._random.uniform(low, high))

    def integer(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        return bool(self._random.random() < probability)


class DrawnChoice:
    """Choices of Hypothesis, which prefers the low integer and False."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def number(self, low: float, high: float) -> float:
        return float(self._draw(st.floats(low, high)))

    def integer(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))

    def chance(self, probability: float) -> bool:
        return bool(self._draw(st.integers(0, 99)) >= 100 * (1 - probability))


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
def builders(draw: st.DrawFn, capacity: Capacity, **options: Any) -> SceneBuilder:
    """Builders in which a random valid scene is under construction. `options` are those of `random_builder`."""
    with _random_state_kept():
        return random_builder(capacity, DrawnChoice(draw), **options)


@st.composite
def scenes(draw: st.DrawFn, capacity: Capacity, **options: Any) -> tuple[Scene, State]:
    """Random valid scenes of one capacity. `options` are those of `random_builder`."""
    with _random_state_kept():
        return draw(builders(capacity, **options)).build()


def capacities() -> st.SearchStrategy[Capacity]:
    """Capacities of all kinds: without walls, circles or joints, with triangles only and with hexagons."""
    return st.sampled_from(CAPACITIES)


def random_builder(
    capacity: Capacity, choice: Choice, *, overlapping: bool | None = None, full: bool = False
) -> SceneBuilder:
    """A builder with random contents.

    `overlapping` places bodies without regard for each other (True), on a grid (False), or either by chance
    (None); `full` uses every movable slot, joint and thruster that it can.
    """
    room = capacity.static_polygons >= 4 and capacity.vertices >= 4
    gravity = (choice.number(-10, 10), choice.number(-10, 10)) if choice.chance(0.2) else (0.0, -9.81)
    builder = SceneBuilder(capacity, walls=room and choice.chance(0.9), gravity=gravity)
    if overlapping is None:
        overlapping = choice.chance(0.5)
    places = _Places(choice, capacity.bodies, overlapping)
    for _ in range(capacity.movable_polygons if full else choice.integer(0, capacity.movable_polygons)):
        _add_polygon(builder, choice, places)
    for _ in range(capacity.circles if full else choice.integer(0, capacity.circles)):
        builder.circle(places(), radius=choice.number(0.05, places.reach), **_body_options(choice))
    _add_links(builder, choice, full)
    return builder


class _Places:
    """Where the next body goes: the cells of a shuffled grid over the room, or anywhere in it."""

    def __init__(self, choice: Choice, bodies: int, overlapping: bool) -> None:
        self._choice, self._overlapping = choice, overlapping
        side = math.ceil(math.sqrt(bodies))
        self._cells = [(x, y) for x in range(side) for y in range(side)]
        self._pitch = (5.0 / side, 4.6 / side)
        self.reach = 0.5 if overlapping else 0.45 * min(self._pitch)  # m, a radius that keeps to its cell

    def __call__(self) -> tuple[float, float]:
        if self._overlapping:
            return self._choice.number(0.3, 4.7), self._choice.number(0.7, 4.7)
        x, y = self._cells.pop(self._choice.integer(0, len(self._cells) - 1))
        return (x + 0.5) * self._pitch[0], 0.4 + (y + 0.5) * self._pitch[1]


def _body_options(choice: Choice) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if choice.chance(0.8):
        options["angle"] = choice.number(-math.pi, math.pi)
    if choice.chance(0.1):
        options["immovable"] = True
    elif choice.chance(0.6):
        options["velocity"] = (choice.number(-3, 3), choice.number(-3, 3))
        options["angular_velocity"] = choice.number(-5, 5)
    if choice.chance(0.4):
        options["density"] = choice.number(0.1, 5)
        options["friction"] = choice.number(0, 2)
        options["restitution"] = choice.number(0, 1)
    if choice.chance(0.1):
        options["ghost"] = True
    return options


def random_corners(choice: Choice, vertices: int, reach: float) -> np.ndarray:
    """A strictly convex clockwise polygon of 3 to `vertices` corners within `reach` (m) of the origin."""
    count = choice.integer(3, vertices)
    gap = 2 * math.pi / count
    angles = [-gap * (k + choice.number(-0.3, 0.3)) for k in range(count)]  # on an ellipse, so convex
    axes = (choice.number(0.3 * reach, reach), choice.number(0.3 * reach, reach))
    return np.array([(axes[0] * math.cos(angle), axes[1] * math.sin(angle)) for angle in angles])


def _add_polygon(builder: SceneBuilder, choice: Choice, places: _Places) -> None:
    reach, vertices = places.reach, builder.capacity.vertices
    if vertices >= 4 and choice.chance(0.5):
        size = {side: choice.number(0.2 * reach, 1.4 * reach) for side in ("width", "height")}
        builder.box(places(), **size, **_body_options(choice))
        return
    corners = random_corners(choice, vertices, reach)
    shift = (choice.number(-1, 1), choice.number(-1, 1)) if choice.chance(0.2) else (0.0, 0.0)
    options = _body_options(choice)
    angle = options.get("angle", 0.0)
    turned = (
        math.cos(angle) * shift[0] - math.sin(angle) * shift[1],
        math.sin(angle) * shift[0] + math.cos(angle) * shift[1],
    )
    builder.polygon(np.subtract(places(), turned), corners + shift, **options)  # the shape stays at its place


def _add_links(builder: SceneBuilder, choice: Choice, full: bool) -> None:
    scene, capacity = builder.build()[0], builder.capacity
    inverse_mass = np.asarray(scene.inverse_mass)
    exists = np.flatnonzero(scene.active).tolist()
    moves = [slot for slot in exists if inverse_mass[slot] != 0]
    if len(exists) > 1 and moves:
        for _ in range(capacity.joints if full else choice.integer(0, capacity.joints)):
            a = moves[choice.integer(0, len(moves) - 1)]
            pool = exists if len(moves) == 1 or choice.chance(0.3) else moves
            others = [slot for slot in pool if slot != a]
            b = others[choice.integer(0, len(others) - 1)]
            _add_joint(builder, choice, *((a, b) if choice.chance(0.5) else (b, a)))
    if moves:
        for _ in range(capacity.thrusters if full else choice.integer(0, capacity.thrusters)):
            builder.thruster(
                moves[choice.integer(0, len(moves) - 1)],
                position=(choice.number(-0.3, 0.3), choice.number(-0.3, 0.3)),
                angle=choice.number(-math.pi, math.pi),
                power=choice.number(0, 2),
            )


def _add_joint(builder: SceneBuilder, choice: Choice, a: int, b: int) -> None:
    options: dict[str, Any] = {"anchor": (choice.number(-0.3, 0.3), choice.number(-0.3, 0.3))}
    if choice.chance(0.7):
        options["anchor_b"] = (choice.number(-0.3, 0.3), choice.number(-0.3, 0.3))
    if choice.chance(0.2):
        options["rotation"] = choice.number(-1, 1)
    if choice.chance(0.3):
        builder.fixed(a, b, **options)
        return
    if choice.chance(0.7):
        options |= {"motor": True, "motor_speed": choice.number(-3, 3), "motor_power": choice.number(0, 3)}
    if choice.chance(0.4):
        options["limits"] = (choice.number(-math.pi, -0.05), choice.number(0.05, math.pi))
    builder.revolute(a, b, **options)
