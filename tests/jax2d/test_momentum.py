"""Momentum without gravity and walls. Nothing from outside acts, so linear and angular momentum are constant,
whatever the bodies do to each other.

Contacts and motors keep both to rounding. Joints keep linear momentum to rounding, but angular momentum only to
first order in dt: a turning body carries its anchor along the tangent, so that the anchors come apart by
(omega dt)^2 r / 2 a step, and both what the joint then does, an impulse at two places and a shift of two moving
bodies, turn the pair a little."""

from functools import cache

import numpy as np
import pytest

from tests.jax2d.law_scenes import chain, swarm
from tests.jax2d.mechanics import angular_momentum, centre_of_mass, inertias, masses, momentum
from tests.jax2d.simulate import DT, Trajectory, case, simulate, void

pytestmark = pytest.mark.versions

SEEDS = range(8)
KINDS = ("free", "limited", "motor", "fixed")
STEPS = 180

# A velocity is rounded about 10^4 times in these runs (3 s of 11 passes, a few contacts a body), by 6e-8 of the
# velocity in a random direction; that makes 6e-6 at worst. Seen: 6e-7.
ROUNDING = 3e-6


def linear_scale(run: Trajectory) -> float:
    """Sum of the sizes of all momenta at their largest, kg m/s."""
    return float((np.linalg.norm(run.state.velocity, axis=-1) @ masses(run)).max())


def angular_scale(run: Trajectory) -> float:
    """Sum of the sizes of all angular momenta at their largest, kg m^2/s."""
    arm, speed = (np.linalg.norm(field, axis=-1) for field in (run.state.position, run.state.velocity))
    return float(((arm * speed) @ masses(run) + np.abs(run.state.angular_velocity) @ inertias(run)).max())


def angular_drift(run: Trajectory) -> float:
    """Largest change of angular momentum as a fraction of the angular scale."""
    momenta = angular_momentum(run)
    return float(np.abs(momenta - momenta[0]).max() / angular_scale(run))


@cache
def swarms() -> list[Trajectory]:
    return simulate([case(swarm(seed)) for seed in SEEDS], STEPS)


@cache
def chains() -> dict[str, Trajectory]:
    return dict(zip(KINDS, simulate([case(chain(0, kind), motors=1.0) for kind in KINDS], STEPS), strict=True))


def assert_linear_momentum_is_constant(run: Trajectory) -> None:
    momenta = momentum(run)
    assert momenta - momenta[0] == pytest.approx(np.zeros_like(momenta), abs=ROUNDING * linear_scale(run))
    time = np.arange(len(momenta))[:, None] * DT
    straight = centre_of_mass(run)[0] + time * momenta[0] / masses(run).sum()
    # positions of up to 5 m are rounded by 2.4e-7 m per step; seen: 9e-7 m
    assert centre_of_mass(run) == pytest.approx(straight, abs=5e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_contacts_keep_linear_momentum(seed: int) -> None:
    assert swarms()[seed].contacts.active.sum() > 20  # they do meet
    assert_linear_momentum_is_constant(swarms()[seed])


@pytest.mark.parametrize("seed", SEEDS)
def test_contacts_keep_angular_momentum(seed: int) -> None:
    assert angular_drift(swarms()[seed]) < ROUNDING


@pytest.mark.parametrize("kind", KINDS)
def test_joints_keep_linear_momentum(kind: str) -> None:
    assert_linear_momentum_is_constant(chains()[kind])


def test_a_motor_between_two_centres_of_mass_keeps_angular_momentum() -> None:
    """The anchors cannot come apart here, so what is left is the motor, and it is internal."""
    builder = void()
    bar = builder.box((0.5, 0.3), width=0.6, height=0.1, velocity=(0.4, -0.2), angular_velocity=1.0)
    wheel = builder.circle((0.5, 0.3), radius=0.3, velocity=(0.4, -0.2))
    builder.revolute(bar, wheel, anchor=(0.0, 0.0), motor=True, motor_speed=2.0)
    (run,) = simulate([case(builder, motors=1.0)], STEPS)
    turning = run.state.angular_velocity[-1, wheel] - run.state.angular_velocity[-1, bar]
    assert turning == pytest.approx(12.0, rel=1e-3)  # it does turn: at 2 * 6 rad/s
    assert angular_drift(run) < ROUNDING
    assert_linear_momentum_is_constant(run)


@pytest.mark.parametrize("kind", ["free", "limited", "fixed"])
def test_joints_keep_angular_momentum_to_first_order_in_dt(kind: str) -> None:
    """Half the step, half the drift. Not for motors at full power: they move the joints in jerks."""
    drifts = []
    for refinement in (1, 2, 4):
        run = simulate([case(chain(0, kind), dt=DT / refinement)], STEPS * refinement)[0]
        drifts.append(angular_drift(run))
    assert drifts[0] < 0.02
    # exactly 2 in the limit; these steps are far from it where a limit is hit
    assert drifts[0] / drifts[1] == pytest.approx(2, abs=0.4)
    assert drifts[1] / drifts[2] == pytest.approx(2, abs=0.2)
