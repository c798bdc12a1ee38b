"""Gradients through many steps are finite and equal central differences.

Compiling a derivative is slow, so one scene holds what is tested at once: a ball in free flight, a ball that
bounces off the floor, and a pendulum on a revolute joint, far enough apart to leave each other alone."""

from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine, Scene, SceneBuilder, State
from jax2d.kernel.rows import norm, root

STEPS = 36  # the ball bounces once
CAPACITY = Capacity(polygons=6, circles=2, joints=1, thrusters=0)
FLIGHT, BOUNCE, PENDULUM = "free flight", "a bounce", "a revolute joint"


@cache
def start() -> tuple[Scene, State, dict[str, int]]:
    builder = SceneBuilder(CAPACITY)
    flight = builder.circle((1.0, 4.0), radius=0.1, velocity=(0.5, 0.2))
    bounce = builder.circle((2.0, 1.2), radius=0.15, velocity=(0.3, -1.0), angular_velocity=1.0, restitution=0.5)
    post = builder.box((3.8, 3.0), width=0.1, height=0.1, immovable=True)
    bob = builder.box((4.2, 3.0), width=0.8, height=0.1)
    builder.revolute(post, bob, anchor=(0.0, 0.0))
    return *builder.build(), {FLIGHT: flight, BOUNCE: bounce, PENDULUM: bob}


@cache
def places() -> object:
    """The sum of each body's place after the steps, as a function of all velocities at the start."""
    scene, state, _ = start()
    scene = eqx.tree_at(lambda s: s.restitution, scene, jnp.full(CAPACITY.bodies, 0.5))
    engine = Engine(CAPACITY, differentiable=True)
    action = engine.action()

    def final(velocity: jax.Array, spin: jax.Array, body: jax.Array) -> jax.Array:
        moved = eqx.tree_at(lambda s: (s.velocity, s.angular_velocity), state, (velocity, spin))
        end = jax.lax.scan(lambda s, _: (engine.step(scene, s, action)[0], None), moved, length=STEPS)[0]
        return end.position[body].sum()

    return jax.jit(jax.value_and_grad(final, argnums=(0, 1)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [FLIGHT, BOUNCE, PENDULUM])
def test_gradients_are_finite_and_equal_central_differences(kind: str) -> None:
    _, state, bodies = start()
    body = bodies[kind]
    run = places()
    _, (by_velocity, by_spin) = run(state.velocity, state.angular_velocity, jnp.int32(body))
    assert np.isfinite(by_velocity).all() and np.isfinite(by_spin).all()
    # float32 places have an error of about 1e-6 m: a step of 0.005 m/s leaves 2e-4 in the quotient
    for axis in (0, 1):
        step = jnp.zeros_like(state.velocity).at[body, axis].set(0.005)
        up, down = (run(state.velocity + s * step, state.angular_velocity, jnp.int32(body))[0] for s in (1, -1))
        difference = float(up - down) / 0.01
        assert float(by_velocity[body, axis]) == pytest.approx(difference, rel=1e-2, abs=2e-3)
    # the post is immovable, but a velocity of its own would carry it and the pendulum along
    others = [b for b in bodies.values() if b != body]
    assert np.abs(by_velocity[np.array(others)]).max() < 1e-6


@pytest.mark.slow
def test_gradient_of_position_by_velocity_in_free_flight() -> None:
    _, state, bodies = start()
    _, (by_velocity, _) = places()(state.velocity, state.angular_velocity, jnp.int32(bodies[FLIGHT]))
    np.testing.assert_allclose(by_velocity[bodies[FLIGHT]], STEPS / 60, rtol=1e-5)


def test_roots_and_lengths_have_derivative_zero_at_their_singularities() -> None:
    """Friction of two smooth bodies, and the length of a velocity at rest: an infinite slope would end in NaN."""
    assert jax.grad(root)(0.0) == 0.0 and jax.grad(root)(4.0) == pytest.approx(0.25)
    assert jax.grad(lambda x: norm(x, 0.0 * x))(0.0) == 0.0 and jax.grad(lambda x: norm(x, 0.0 * x))(-3.0) == -1.0
