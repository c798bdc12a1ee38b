"""How high bodies bounce. The restitution of a contact is the smaller one of its two bodies."""

import math
from functools import cache

import numpy as np
import pytest

from jax2d import PhysicsParams
from tests.jax2d.simulate import DT, Trajectory, case, simulate, void

G = 9.81  # m/s^2
PAIRS = [(1.0, 0.0), (1.0, 0.3), (1.0, 0.8), (0.5, 0.9), (1.0, 1.0)]  # restitution of floor and body
HEIGHTS = (0.5, 1.5)  # m
KEYS = [(shape, pair, height) for shape in ("circle", "box") for pair in PAIRS for height in HEIGHTS]
BIAS = PhysicsParams().contact_bias


@cache
def drops(contact_bias: float, refinement: int = 1) -> list[tuple[Trajectory, int]]:
    """Bodies that fall flat to the floor at y = 0 from a height of their lower edge."""
    cases, bodies = [], []
    for shape, (floor, own), height in KEYS:
        builder = void(gravity=(0.0, -G))
        builder.box((0.0, -0.5), width=20.0, height=1.0, immovable=True, restitution=floor)
        if shape == "circle":
            bodies.append(builder.circle((0.0, height + 0.1), radius=0.1, restitution=own))
        else:
            bodies.append(builder.box((0.0, height + 0.1), width=0.3, height=0.2, restitution=own))
        cases.append(case(builder, contact_bias=contact_bias, dt=DT / refinement))
    return list(zip(simulate(cases, 90 * refinement), bodies, strict=True))


def first_hit(run: Trajectory) -> int:
    """The step in which it meets the floor."""
    return int(np.flatnonzero(run.contacts.active.any(axis=-1))[0])


@pytest.mark.parametrize("contact_bias", [0.0, BIAS])
def test_the_speed_after_a_bounce(contact_bias: float) -> None:
    """v' = e v + contact_bias / dt * max(0, depth - slop): the bounce and the removal of overlap add up."""
    for (_, pair, _), (run, body) in zip(KEYS, drops(contact_bias), strict=True):
        hit = first_hit(run)
        before = -run.state.velocity[hit, body, 1] + G * DT
        overlap = max(0.0, run.contacts.depth[hit].max() - PhysicsParams().slop)
        expected = min(pair) * before + contact_bias / DT * overlap
        # a box turns by 1e-4 rad/s because its two corners are solved one after the other; seen: 2e-5 of v
        assert run.state.velocity[hit + 1, body, 1] == pytest.approx(expected, abs=1e-4 * float(before))


@pytest.mark.parametrize("refinement", [1, 4])
def test_the_height_after_a_bounce(refinement: int) -> None:
    """e^2 h without bias, to first order in dt: the floor is noticed up to v dt late.

    With d in [0, v dt] the fall is h + d long and the rise starts d below the floor, and a rise in steps of dt
    ends up to e v dt / 2 higher.
    """
    dt = DT / refinement
    for (_, pair, height), (run, body) in zip(KEYS, drops(0.0, refinement), strict=True):
        hit = first_hit(run)
        rise = run.state.position[hit + 1 :, body, 1] - 0.1
        down_again = np.flatnonzero(run.state.velocity[hit + 1 :, body, 1] < 0)[0]
        bounce, late = min(pair), math.sqrt(2 * G * height) * dt
        tolerance = (1 + bounce / 2) * late
        assert rise[: down_again + 1].max() == pytest.approx(bounce**2 * height, abs=tolerance)


def test_bodies_that_meet_exchange_their_velocities() -> None:
    """Two equal circles, restitution 1, head on and in the void; then one that is three times as heavy."""
    runs = []
    for density in (1.0, 3.0):
        builder = void()
        left = builder.circle((0.0, 0.0), radius=0.2, restitution=1.0, velocity=(2.0, 0.0), density=density)
        right = builder.circle((1.0, 0.0), radius=0.2, restitution=1.0, velocity=(-1.0, 0.0))
        runs += simulate([case(builder, contact_bias=0.0)], 60)
    for run, expected in zip(runs, [(-1.0, 2.0), (0.5, 3.5)], strict=True):
        assert run.state.velocity[-1, [left, right], 0] == pytest.approx(expected, abs=1e-5)
