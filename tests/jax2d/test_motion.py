"""Bodies that touch nothing: free fall, spin, thrusters, and the bounds of the world."""

import math
from functools import cache

import numpy as np
import pytest

from jax2d import PhysicsParams
from tests.jax2d.mechanics import inertias, masses
from tests.jax2d.simulate import CAPACITY, DT, Trajectory, case, simulate, void

pytestmark = pytest.mark.versions

G = 9.81  # m/s^2
BOX, CIRCLE = CAPACITY.static_polygons, CAPACITY.polygons  # the first movable body of each kind
STEPS = 60
COUNT = np.arange(STEPS + 1)
# Coordinates of a few metres are rounded by 1.2e-7 to 2.4e-7 m in each of 60 steps, mostly the same way.
ROUNDING = 2e-5


def thrown(dt: float = DT, steps: int = STEPS) -> Trajectory:
    """A box and a circle, thrown, that fall side by side."""
    builder = void(gravity=(0.5, -G))
    builder.box((0.0, 1.0), width=0.3, height=0.2, velocity=(0.7, 3.0), angular_velocity=2.0)
    builder.circle((2.0, 1.0), radius=0.2, density=3.0, velocity=(0.7, 3.0), angular_velocity=-4.0)
    return simulate([case(builder, dt=dt)], steps)[0]


def test_free_fall_is_semi_implicit_euler() -> None:
    """Velocity first: y_n = y_0 + n v_0 dt + g dt^2 n (n + 1) / 2. Mass and shape play no part."""
    run = thrown()
    for body, x in ((BOX, 0.0), (CIRCLE, 2.0)):
        position, velocity = run.state.position[:, body], run.state.velocity[:, body]
        sums = COUNT * (COUNT + 1) / 2
        assert velocity[:, 0] == pytest.approx(0.7 + 0.5 * COUNT * DT, abs=ROUNDING)
        assert velocity[:, 1] == pytest.approx(3.0 - G * COUNT * DT, abs=ROUNDING)
        assert position[:, 0] == pytest.approx(x + 0.7 * COUNT * DT + 0.5 * DT**2 * sums, abs=ROUNDING)
        assert position[:, 1] == pytest.approx(1.0 + 3.0 * COUNT * DT - G * DT**2 * sums, abs=ROUNDING)


def test_free_fall_converges_at_first_order() -> None:
    """Against y = y_0 + v_0 t - g t^2 / 2 after one second: the error is g t dt / 2, so it halves with dt."""
    exact = 1.0 + 3.0 - G / 2
    errors = [exact - thrown(DT / k, STEPS * k).state.position[-1, BOX, 1] for k in (1, 2, 4)]
    assert errors[0] == pytest.approx(G * DT / 2, rel=1e-3)
    # the smallest error is 0.02 m, of which rounding is a thousandth
    assert errors[0] / errors[1] == pytest.approx(2, rel=2e-3)
    assert errors[1] / errors[2] == pytest.approx(2, rel=2e-3)


def test_free_spin_is_uniform() -> None:
    run = thrown()
    for body, speed in ((BOX, 2.0), (CIRCLE, -4.0)):
        assert (run.state.angular_velocity[:, body] == speed).all()  # nothing ever changes it
        assert run.state.angle[:, body] == pytest.approx(speed * COUNT * DT, abs=ROUNDING)


def test_immovable_and_absent_bodies_do_not_move() -> None:
    """Gravity leaves immovable bodies alone, and slots that hold no body are not carried along."""
    builder = void(gravity=(0.0, -G))
    still = [
        builder.box((0.0, 0.0), width=1.0, height=1.0, immovable=True, angle=0.3),  # a static slot
        builder.box((2.0, 0.0), width=1.0, height=1.0, immovable=True, ghost=True),  # a slot among the movable
        builder.circle((4.0, 0.0), radius=0.5, immovable=True),
    ]
    builder.box((0.0, 3.0), width=0.2, height=0.2, velocity=(0.0, -5.0))
    builder.circle((4.0, 3.0), radius=0.2, velocity=(0.0, -5.0))
    (run,) = simulate([case(builder)], STEPS)
    assert still == [0, 4, 10]
    assert run.contacts.active.any(axis=0).sum() >= 2  # both are hit
    for body in still:
        assert (run.state.position[:, body] == run.state.position[0, body]).all()
        assert (run.state.angle[:, body] == run.state.angle[0, body]).all()
        assert not run.state.velocity[:, body].any()
        assert not run.state.angular_velocity[:, body].any()
    absent = ~np.asarray(run.scene.active)
    assert absent.sum() == 9
    assert not run.state.velocity[:, absent].any()


@cache
def pushed() -> dict[str, tuple[Trajectory, int]]:
    """A thruster through the centre of mass, one beside it, and two that share a body."""
    centred = void()
    box = centred.box((0.0, 0.0), width=0.5, height=0.2, density=2.0, angle=0.4)
    centred.thruster(box, angle=0.3, power=1.5)
    beside = void()
    disc = beside.circle((0.0, 0.0), radius=0.3, angle=1.0)
    beside.thruster(disc, position=(0.2, 0.1), angle=math.pi / 2, power=0.5)
    paired = void()
    bar = paired.box((0.0, 0.0), width=1.0, height=0.1)
    paired.thruster(bar, position=(0.5, 0.0), angle=math.pi / 2, power=0.01)
    paired.thruster(bar, position=(-0.5, 0.0), angle=-math.pi / 2, power=0.01)
    runs = simulate([case(builder, thrusters=0.8) for builder in (centred, beside, paired)], STEPS)
    return {"centred": (runs[0], box), "beside": (runs[1], disc), "paired": (runs[2], bar)}


def test_a_thruster_through_the_centre_gives_force_over_mass() -> None:
    """F = 10 N * power * action, along its own angle and the body's together."""
    run, body = pushed()["centred"]
    speed = 10 * 1.5 * 0.8 / masses(run)[body] * COUNT * DT
    direction = np.array([math.cos(0.7), math.sin(0.7)])
    assert run.state.velocity[:, body] == pytest.approx(speed[:, None] * direction, rel=1e-5)
    # cos and sin of 0.7 in float32 are off by 3e-8, so is the arm of what must be no torque
    assert run.state.angular_velocity[:, body] == pytest.approx(np.zeros(STEPS + 1), abs=1e-5)


def test_an_off_centre_thruster_adds_angular_acceleration() -> None:
    """One step: v = F dt / m and omega = r x F dt / I, with r and F turned by the body's angle."""
    run, body = pushed()["beside"]
    push = 10 * 0.5 * 0.8 * DT
    direction = np.array([math.cos(1.0 + math.pi / 2), math.sin(1.0 + math.pi / 2)])
    assert run.state.velocity[1, body] == pytest.approx(push / masses(run)[body] * direction, rel=1e-5)
    assert run.state.angular_velocity[1, body] == pytest.approx(0.2 * push / inertias(run)[body], rel=1e-5)


def test_opposed_thrusters_give_torque_without_force() -> None:
    run, body = pushed()["paired"]
    couple = 2 * 0.5 * 10 * 0.01 * 0.8
    assert run.state.angular_velocity[:, body] == pytest.approx(couple / inertias(run)[body] * COUNT * DT, rel=1e-5)
    assert np.abs(run.state.velocity[:, body]).max() < 1e-6  # the two cancel to rounding


def test_a_thruster_that_is_off_does_nothing() -> None:
    builder = void()
    box = builder.box((0.0, 0.0), width=0.5, height=0.2)
    builder.thruster(box)
    (run,) = simulate([case(builder, thrusters=0.0)], STEPS)
    assert not run.state.velocity.any()


def test_velocity_and_position_are_clipped() -> None:
    """Each component to its bound, and a body at the bound of the world keeps its velocity."""
    params = PhysicsParams()
    builder = void()
    fast = builder.box((0.0, 3.0), width=0.2, height=0.2, velocity=(130.0, -20.0), angular_velocity=70.0)
    slow = builder.circle((0.0, 0.0), radius=0.2, velocity=(-1.0, 99.0), angular_velocity=-49.0)
    (run,) = simulate([case(builder)], STEPS)
    assert (run.state.velocity[1:, fast] == [params.max_velocity, -20.0]).all()
    assert (run.state.angular_velocity[1:, fast] == params.max_angular_velocity).all()
    assert (run.state.velocity[1:, slow] == [-1.0, 99.0]).all()
    assert (run.state.angular_velocity[1:, slow] == -49.0).all()
    assert (run.state.position[-1, fast] == [params.max_position, -params.max_position]).all()
    assert run.state.position[-1, slow] == pytest.approx([-1.0, params.max_position], abs=ROUNDING)
    assert np.abs(run.state.position).max() <= params.max_position
