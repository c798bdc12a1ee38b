"""Bodies slide over flush blocks as over one slab, without contacts at the seams; a raised step still stops them."""

from functools import cache

import numpy as np
import pytest

from jax2d import SceneBuilder
from tests.jax2d.simulate import Trajectory, case, simulate, void

TILES, TILE = 5, 0.5  # number, width in m
TOP = 0.6  # m
SHAPES = {"cube": (0.2, 0.2), "plank": (0.4, 0.1), "tower": (0.1, 0.4), "ball": (0.2, 0.2)}  # width and height, m
SPEEDS = (0.25, 0.5, 1.0, 2.0, 3.0, 6.0)  # m/s
STEPS = 300


def slide(
    shape: str, speed: float, drop: float, *, gravity: float = -9.81, step: float = 0.0
) -> tuple[SceneBuilder, int]:
    """A frictionless body above a row of immovable blocks, of which every other one is higher by `step`."""
    builder = void(gravity=(0.0, gravity))
    for tile in range(TILES):
        height = 0.2 + step * (tile % 2)
        place = (TILE * (tile + 0.5), TOP - 0.2 + height / 2)
        builder.box(place, width=TILE, height=height, immovable=True, friction=0.0)
    width, height = SHAPES[shape]
    start = (0.27 if speed > 0 else TILE * TILES - 0.27, TOP + height / 2 + drop)
    common = {"velocity": (speed, 0.0), "friction": 0.0}
    if shape == "ball":
        return builder, builder.circle(start, radius=height / 2, **common)
    return builder, builder.box(start, width=width, height=height, **common)


@cache
def slides() -> dict[tuple[str, float, float], tuple[Trajectory, int]]:
    """All shapes, speeds (to both sides) and heights of a fall to the blocks."""
    keys = [
        (shape, sign * speed, drop) for shape in SHAPES for speed in SPEEDS for sign in (1, -1) for drop in (0.0, 0.05)
    ]
    made = [slide(*key) for key in keys]
    runs = simulate([case(builder) for builder, _ in made], STEPS)
    return {key: (run, body) for key, run, (_, body) in zip(keys, runs, made, strict=True)}


def on_the_blocks(run: Trajectory, body: int) -> slice:
    """The steps until the body comes to either end of the row."""
    x = run.state.position[:, body, 0]
    off = np.flatnonzero((x < 0.25) | (x > TILE * TILES - 0.25))
    return slice(0, int(off[0]) if len(off) else len(x))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_body_slides_over_flush_blocks_at_constant_speed(shape: str) -> None:
    for (name, speed, _), (run, body) in slides().items():
        if name != shape:
            continue
        here = on_the_blocks(run, body)
        moved = np.ptp(run.state.position[here, body, 0])
        assert moved > min(TILE * TILES - 0.6, 0.9 * abs(speed) * STEPS / 60)
        assert run.state.velocity[here, body, 0] == pytest.approx(np.full(here.stop, speed), rel=5e-3, abs=0.01)
        assert np.abs(run.state.angular_velocity[here, body]).max() < 0.1


def test_seams_do_not_spin_a_frictionless_ball() -> None:
    for (shape, _, _), (run, body) in slides().items():
        if shape == "ball":
            assert np.abs(run.state.angular_velocity[:, body]).max() < 1e-4


def test_sliding_over_seams_does_not_depend_on_gravity() -> None:
    made = [slide("cube", 3.0, 0.0, gravity=gravity) for gravity in (-1.0, -3.0, -30.0)]
    for run, (_, body) in zip(simulate([case(builder) for builder, _ in made], STEPS), made, strict=True):
        here = on_the_blocks(run, body)
        assert run.state.velocity[here, body, 0] == pytest.approx(np.full(here.stop, 3.0), rel=5e-3)


@pytest.mark.parametrize("shape", ["cube", "plank"])
def test_a_step_of_5_cm_stops_a_box(shape: str) -> None:
    """A step of 5 cm, five times the overlap that resting contacts keep."""
    builder, body = slide(shape, 2.0, 0.0, step=0.05)
    (run,) = simulate([case(builder)], 120)
    assert run.state.position[-1, body, 0] < TILE + 0.05
