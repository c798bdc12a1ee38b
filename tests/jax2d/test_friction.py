"""Dry friction on a slope. The coefficient of two bodies is mu = 0.4 sqrt(f_a^2 + f_b^2)."""

import math
from functools import cache

import numpy as np
import pytest

from tests.jax2d.mechanics import inertias, masses
from tests.jax2d.simulate import Case, Trajectory, case, simulate, void

G = 9.81  # m/s^2
STEPS = 180
PAIRS = [(1.0, 1.0), (0.5, 1.0), (0.0, 1.0), (1.5, 0.3), (0.2, 0.0), (0.0, 0.0)]  # friction of slope and body
OFFSETS = (-2.0, -0.3, 0.3, 2.0)  # degrees from the friction angle


def coefficient(pair: tuple[float, float]) -> float:
    """The coefficient of friction of two bodies as the engine documents it."""
    return 0.4 * math.hypot(*pair)


def on_slope(angle: float, pair: tuple[float, float], radius: float | None = None, **params: float) -> tuple[Case, int]:
    """A box, or a circle, that lies 5 mm deep in a slope (half the slop, so nothing pushes it out)."""
    builder = void(gravity=(0.0, -G))
    up = np.array([-math.sin(angle), math.cos(angle)])
    builder.box(-0.5 * up, width=25.0, height=1.0, angle=angle, immovable=True, friction=pair[0])
    if radius is None:
        body = builder.box(0.095 * up, width=0.4, height=0.2, angle=angle, friction=pair[1])
    else:
        body = builder.circle((radius - 0.005) * up, radius=radius, friction=pair[1])
    return case(builder, **params), body


def downhill(run: Trajectory, body: int, angle: float) -> np.ndarray:
    """Velocity down the slope, m/s: [time]."""
    return np.asarray(run.state.velocity[:, body] @ [-math.cos(angle), -math.sin(angle)])


@cache
def slides() -> dict[tuple[tuple[float, float], float], np.ndarray]:
    """Speed down slopes just below and just above the friction angle."""
    keys = [(pair, offset) for pair in PAIRS for offset in OFFSETS]
    angles = [math.atan(coefficient(pair)) + math.radians(offset) for pair, offset in keys]
    cases, bodies = zip(*(on_slope(angle, pair) for (pair, _), angle in zip(keys, angles, strict=True)), strict=True)
    runs = simulate(cases, STEPS)
    return {key: downhill(run, body, angle) for key, run, body, angle in zip(keys, runs, bodies, angles, strict=True)}


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if any(pair)])
def test_a_box_rests_below_the_friction_angle(pair: tuple[float, float]) -> None:
    """Even 0.3 degrees below it the box creeps by less than 0.1 mm/s. Seen: 1e-8 m/s."""
    for offset in (-2.0, -0.3):
        assert np.abs(slides()[pair, offset][60:]).max() < 1e-4


@pytest.mark.parametrize("pair", PAIRS)
def test_a_box_above_the_friction_angle_accelerates_by_coulomb_friction(pair: tuple[float, float]) -> None:
    """a = g (sin - mu cos). Seen: within 1e-4 m/s^2."""
    for offset in (0.3, 2.0):
        angle = math.atan(coefficient(pair)) + math.radians(offset)
        acceleration = G * (math.sin(angle) - coefficient(pair) * math.cos(angle))
        speed = slides()[pair, offset]
        assert speed[120] - speed[60] == pytest.approx(acceleration, abs=1e-3)  # in one second


def test_the_coefficient_scales_with_its_parameter() -> None:
    """`PhysicsParams.friction` in place of 0.4."""
    pair = (1.0, 0.5)
    for friction in (0.2, 0.6):
        mu = friction * math.hypot(*pair)
        angle = math.atan(mu) + math.radians(2)
        entry, body = on_slope(angle, pair, friction=friction)
        speed = downhill(simulate([entry], STEPS)[0], body, angle)
        assert speed[120] - speed[60] == pytest.approx(G * (math.sin(angle) - mu * math.cos(angle)), abs=1e-3)


@pytest.mark.parametrize("degrees", [5.0, 15.0])
def test_a_circle_rolls_without_sliding(degrees: float) -> None:
    """a = g sin / (1 + I / m r^2), with r the distance of centre and slope, as long as friction holds it."""
    angle, radius = math.radians(degrees), 0.4
    entry, body = on_slope(angle, (1.0, 1.0), radius)
    (run,) = simulate([entry], STEPS)
    speed, reach = downhill(run, body, angle), radius - 0.005
    assert speed[120] == pytest.approx(reach * run.state.angular_velocity[120, body], rel=1e-4)
    ratio = inertias(run)[body] / masses(run)[body] / reach**2
    assert speed[120] - speed[60] == pytest.approx(G * math.sin(angle) / (1 + ratio), rel=1e-3)


def test_a_circle_slides_and_rolls_on_a_slope_that_is_too_steep() -> None:
    """Friction mu N drives the spin and brakes the fall: a = g (sin - mu cos), alpha = mu m g cos r / I."""
    pair, angle, radius = (0.3, 0.0), math.radians(60), 0.4
    entry, body = on_slope(angle, pair, radius)
    (run,) = simulate([entry], STEPS)
    speed, spin = downhill(run, body, angle), run.state.angular_velocity[:, body]
    mu, reach = coefficient(pair), radius - 0.005
    assert speed[90] - speed[30] == pytest.approx(G * (math.sin(angle) - mu * math.cos(angle)), rel=1e-3)
    torque = mu * masses(run)[body] * G * math.cos(angle) * reach
    assert spin[90] - spin[30] == pytest.approx(torque / inertias(run)[body], rel=1e-3)
