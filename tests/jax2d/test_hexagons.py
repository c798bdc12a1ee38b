"""Polygons with more than four corners, and with fewer than the capacity allows."""

from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine, SceneBuilder, State
from tests.jax2d.simulate import stack

RADIUS = 0.3  # m, of the corners


def capacity(vertices: int) -> Capacity:
    return Capacity(polygons=3, circles=0, joints=0, thrusters=0, static_polygons=1, vertices=vertices)


def regular(corners: int) -> np.ndarray:
    """A regular polygon, clockwise, with a side at its bottom."""
    turns = -2 * np.pi * (np.arange(corners) + 0.5) / corners - np.pi / 2
    return RADIUS * np.stack([np.cos(turns), np.sin(turns)], axis=-1)


def on_floor(vertices: int, slope: float = 0.0) -> SceneBuilder:
    """An immovable plane through the origin that falls to the left."""
    builder = SceneBuilder(capacity(vertices), walls=False)
    up = np.array([-np.sin(slope), np.cos(slope)])
    builder.box(-0.5 * up, width=30.0, height=1.0, angle=slope, immovable=True, friction=2.0)
    return builder


@cache
def _program(vertices: int) -> Any:
    engine = Engine(capacity(vertices))

    @jax.jit
    def run(scene: Any, state: Any) -> Any:
        def one(state: State, _: None) -> tuple[State, State]:
            state = jax.vmap(engine.step)(scene, state, jnp.zeros((8, 0)))[0]
            return state, state

        return jax.lax.scan(one, state, length=240)[1]

    return run


def simulate(vertices: int, builders: list[SceneBuilder]) -> State:
    """Four seconds of up to eight scenes: [time, scene, ...]."""
    built = [builder.build() for builder in builders]
    scene, state = (stack(part) for part in zip(*(built + built[:1] * (8 - len(built))), strict=True))
    return _program(vertices)(scene, state)


@pytest.mark.parametrize("corners", [3, 4, 5, 6])
def test_mass_and_inertia_of_regular_polygons(corners: int) -> None:
    """m = n R^2 sin(2 pi / n) / 2 and I = m R^2 (2 + cos(2 pi / n)) / 6, about the centre."""
    builder = on_floor(6)
    body = builder.polygon((1.0, 2.0), regular(corners), density=2.0, angle=0.4)
    scene, state = builder.build()
    mass = 2.0 * corners / 2 * RADIUS**2 * np.sin(2 * np.pi / corners)
    inertia = mass * RADIUS**2 / 6 * (2 + np.cos(2 * np.pi / corners))
    assert 1 / float(scene.inverse_mass[body]) == pytest.approx(mass, rel=1e-6)
    assert 1 / float(scene.inverse_inertia[body]) == pytest.approx(inertia, rel=1e-6)
    assert state.position[body] == pytest.approx([1.0, 2.0], abs=1e-6)


@pytest.mark.slow
def test_pentagons_and_hexagons_land_on_a_side() -> None:
    builders, bodies = [], []
    for corners in (3, 4, 5, 6):
        builder = on_floor(6)
        bodies.append(builder.polygon((0.0, 0.5), regular(corners), angle=0.25))
        builders.append(builder)
    states = simulate(6, builders)
    for index, (corners, body) in enumerate(zip((3, 4, 5, 6), bodies, strict=True)):
        apothem = RADIUS * np.cos(np.pi / corners)
        # the slop, and a tilt by which both ends of the side stay within it
        assert float(states.position[-1, index, body, 1]) == pytest.approx(apothem, abs=0.012)
        sides = float(states.angle[-1, index, body]) / (2 * np.pi / corners)
        assert sides == pytest.approx(round(sides), abs=0.06)
        assert np.abs(states.velocity[-1, index, body]).max() < 1e-3


@pytest.mark.slow
def test_a_hexagon_rolls_down_slopes_steeper_than_half_its_corner() -> None:
    """It tips over its lower corner when its centre is beyond it: at 30 degrees; with friction enough not to slide."""
    builders, slopes = [], (25.0, 35.0)
    for degrees in slopes:
        slope = np.radians(degrees)
        builder = on_floor(6, slope)
        place = (RADIUS * np.cos(np.pi / 6) - 0.005) * np.array([-np.sin(slope), np.cos(slope)])
        body = builder.polygon(place, regular(6), angle=slope, friction=2.0)
        builders.append(builder)
    states = simulate(6, builders)
    turned = [float(states.angle[-1, k, body] - np.radians(degrees)) for k, degrees in enumerate(slopes)]
    assert abs(turned[0]) < 0.01
    assert turned[1] > 2 * np.pi / 6  # downhill is left, so it turns counter-clockwise


@pytest.mark.slow
def test_boxes_move_the_same_with_spare_vertices() -> None:
    """Two boxes crash in a capacity for four corners and in one for six."""
    found = []
    for vertices in (4, 6):
        builder = on_floor(vertices, 0.1)
        builder.box((0.0, 0.6), width=0.5, height=0.3, angle=0.5, velocity=(1.0, 0.0))
        builder.box((0.7, 0.7), width=0.3, height=0.4, angle=-0.4, velocity=(-1.0, 0.0), restitution=0.5)
        found.append(simulate(vertices, [builder]))
    for time, tolerance in ((0, 1e-6), (60, 1e-4)):  # the same operations in two programs, amplified by contacts
        for name in ("position", "angle", "velocity"):
            a, b = (np.asarray(getattr(states, name)[time, 0]) for states in found)
            assert a == pytest.approx(b, abs=tolerance)
    assert found[0].normal_impulse.any(axis=(0, 1)).sum() >= 3
