"""What a joint takes from a pendulum without friction: the integrator's first-order error, in proportion to `dt`."""

import jax
import jax.numpy as jnp
import pytest

from jax2d import Capacity, Engine, PhysicsParams, SceneBuilder
from jax2d.boundary import CEILING, WALLS

pytestmark = pytest.mark.optimized

CAPACITY = Capacity(polygons=5, circles=1, joints=1, thrusters=0)
BOB, LENGTH, PIVOT, GRAVITY = CAPACITY.polygons, 1.0, (2.5, 3.0), 9.81


@pytest.fixture(scope="module")
def kept():
    """A compiled function: the fraction of its energy that a pendulum keeps for 2 s, for steps of 1 / (60 n) s."""
    engine = Engine(CAPACITY)
    builder = SceneBuilder(CAPACITY, gravity=(0.0, -GRAVITY))
    bob = builder.circle((PIVOT[0] + LENGTH, PIVOT[1]), radius=0.1)
    x, y = WALLS[CEILING].position
    builder.revolute(CEILING, bob, anchor=(PIVOT[0] - x, PIVOT[1] - y))
    scene, start = builder.build()

    @jax.jit
    def energy(n):
        params = PhysicsParams(dt=1 / (60 * n))

        def step(_, state):
            return engine.step(scene, state, engine.action(), params)[0]

        state = jax.lax.fori_loop(0, 120 * n, step, start)
        motion = jnp.square(state.velocity[BOB]).sum() / scene.inverse_mass[BOB]
        motion = motion + jnp.square(state.angular_velocity[BOB]) / scene.inverse_inertia[BOB]
        height = state.position[BOB, 1] - (PIVOT[1] - LENGTH)
        return (motion / 2 + GRAVITY * height / scene.inverse_mass[BOB]) * scene.inverse_mass[BOB] / (GRAVITY * LENGTH)

    return lambda n: float(energy(n))


def test_a_shorter_step_loses_in_proportion_less(kept):
    lost = {n: 1 - kept(n) for n in (1, 2, 4)}
    assert 0 < lost[4] < 0.06 and lost[1] < 0.26  # docs/physics.md has the table
    assert lost[4] == pytest.approx(lost[2] / 2, rel=0.2) and lost[2] == pytest.approx(lost[1] / 2, rel=0.3)
