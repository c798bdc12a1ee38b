"""Motors: impulse per step, final speed, and the fade near a limit."""

import itertools
import math
from functools import cache

import numpy as np
import pytest

from jax2d import SceneBuilder
from tests.jax2d.mechanics import inertias
from tests.jax2d.simulate import DT, case, simulate, void

SETTINGS = [(speed, action) for speed in (1.0, -2.0, 0.5) for action in (1.0, -0.5)]


def axle(
    speed: float = 1.0, power: float = 1.0, immovable: bool = True, **wheel: float
) -> tuple[SceneBuilder, int, int]:
    """A wheel on a body, at the centres of both so that nothing but the motor acts."""
    builder = void()
    body = builder.box((0.0, 0.0), width=0.4, height=0.2, immovable=immovable)
    disc = builder.circle((0.0, 0.0), radius=0.3, **wheel)
    builder.revolute(body, disc, anchor=(0.0, 0.0), motor=True, motor_speed=speed, motor_power=power)
    return builder, body, disc


def kick(error: float, power: float = 1.0) -> float:
    """Change of the relative spin in one step: tanh(0.1 error) * 900 power dt, whatever the inertias."""
    return math.tanh(0.1 * error) * 900 * power * DT


@cache
def spun_up() -> dict[tuple[float, float], np.ndarray]:
    """Spin of a wheel on an immovable body, by motor speed and action."""
    built = [axle(speed) for speed, _ in SETTINGS]
    cases = [case(builder, motors=action) for (builder, _, _), (_, action) in zip(built, SETTINGS, strict=True)]
    runs = simulate(cases, 120)
    return {
        key: run.state.angular_velocity[:, disc] for key, run, (_, _, disc) in zip(SETTINGS, runs, built, strict=True)
    }


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_motor_reaches_its_speed(setting: tuple[float, float]) -> None:
    """6 rad/s * speed * action. Each step leaves |1 - 90 dt| = half of the error, so all of it is gone in 2 s."""
    assert spun_up()[setting][-1] == pytest.approx(6 * setting[0] * setting[1], rel=1e-5)


@pytest.mark.parametrize("setting", SETTINGS)
def test_motor_speed_increases_by_the_predicted_impulse_per_step(setting: tuple[float, float]) -> None:
    spin = np.asarray(spun_up()[setting], np.float64)
    for before, after in itertools.pairwise(spin):
        assert after - before == pytest.approx(kick(6 * setting[0] * setting[1] - before), abs=1e-5)


def test_motor_impulse_is_equal_and_opposite_on_both_bodies() -> None:
    builder, body, disc = axle(speed=1.0, power=0.5, immovable=False)
    (run,) = simulate([case(builder, motors=1.0)], 1)
    inertia, spin = inertias(run), run.state.angular_velocity[1]
    assert spin[disc] - spin[body] == pytest.approx(kick(6.0, 0.5), rel=1e-5)
    assert inertia[disc] * spin[disc] == pytest.approx(-inertia[body] * spin[body], rel=1e-5)


def test_a_motor_at_zero_action_applies_no_torque() -> None:
    builder, _, disc = axle(angular_velocity=3.0)
    (run,) = simulate([case(builder, motors=0.0)], 60)
    assert (run.state.angular_velocity[:, disc] == 3.0).all()


@pytest.mark.parametrize(
    ("turn", "action", "left"),
    [
        (0.0, 1.0, 1.0),
        (0.89, 1.0, 1.0),  # 0.11 rad before the limit
        (0.93, 1.0, 0.7),
        (0.97, 1.0, 0.3),
        (1.0, 1.0, 0.0),
        (0.97, -1.0, 1.0),  # on the way back from it
        (-0.97, -1.0, 0.3),
        (-0.97, 1.0, 1.0),
    ],
)
def test_a_motor_fades_at_its_limits(turn: float, action: float, left: float) -> None:
    """Linearly over the last 0.1 rad before a limit of +-1 rad, and not on the way back."""
    builder = void()
    body = builder.box((0.0, 0.0), width=0.4, height=0.2, immovable=True)
    disc = builder.circle((0.0, 0.0), radius=0.3, angle=turn)
    builder.revolute(body, disc, anchor=(0.0, 0.0), motor=True, motor_power=0.1, limits=(-1.0, 1.0), rotation=0.0)
    (run,) = simulate([case(builder, motors=action)], 1)
    # the angle is rounded by 6e-8 rad of the 0.1 rad over which power fades
    assert run.state.angular_velocity[1, disc] == pytest.approx(kick(6 * action, 0.1) * left, abs=1e-5)


@pytest.mark.parametrize("power", [0.01, 0.05, 1.0])
def test_a_motor_does_not_push_through_a_limit(power: float) -> None:
    """It arrives with up to 6 rad/s and is let through by less than 0.03 rad; seen: 0.021. Then it stays."""
    builder = void()
    body = builder.box((0.0, 0.0), width=0.2, height=0.2, immovable=True)
    bar = builder.box((0.25, 0.0), width=0.5, height=0.1)
    builder.revolute(body, bar, anchor=(0.0, 0.0), motor=True, motor_power=power, limits=(-1.0, 1.0))
    (run,) = simulate([case(builder, motors=1.0)], 300)
    angle = run.state.angle[:, bar]
    assert angle.max() < 1.03
    assert angle[-1] == pytest.approx(1.0, abs=0.02)
    assert abs(run.state.angular_velocity[-1, bar]) < 0.01


def test_wheels_drive_a_car() -> None:
    builder = void(gravity=(0.0, -9.81))
    builder.box((0.0, -0.5), width=25.0, height=1.0, immovable=True)
    chassis = builder.box((0.0, 0.35), width=1.0, height=0.2)
    for x in (-0.4, 0.4):
        wheel = builder.circle((x, 0.25), radius=0.25)
        builder.revolute(chassis, wheel, anchor=(x, -0.1), motor=True)
    (run,) = simulate([case(builder, motors=-1.0)], 240)
    # clockwise at 6 rad/s: to the right at 6 rad/s times the radius, from which up to 1 cm of overlap is lost
    assert 6 * 0.24 - 0.01 < run.state.velocity[-1, chassis, 0] < 6 * 0.25 + 0.01
