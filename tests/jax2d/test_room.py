"""`Engine(confined=True)`: no body leaves the room, and what never passes a wall moves as without the rule."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine, SceneBuilder, SceneError
from jax2d.boundary import FLOOR_TOP, LEFT_WALL, WORLD_SIZE

pytestmark = pytest.mark.optimized

CAPACITY = Capacity(polygons=6, circles=2, joints=2, thrusters=0)
FREE, KEPT = Engine(CAPACITY), Engine(CAPACITY, confined=True)
IDLE = jnp.zeros(CAPACITY.actions)


@pytest.fixture(scope="module")
def rollouts():
    """Compiled rollouts of both engines: (scene, state, steps) to all states."""

    def program(engine):
        @jax.jit
        def run(scene, state):
            def step(state, _):
                state, _ = engine.step(scene, state, IDLE)
                return state, state

            return jax.lax.scan(step, state, length=60)[1]

        return run

    return program(FREE), program(KEPT)


def thrown(position, velocity):
    builder = SceneBuilder(CAPACITY)
    builder.circle(position, radius=0.2, velocity=velocity)
    builder.box((2.5, 1.0), width=0.4, height=0.4)
    return builder.build()


def test_a_scene_in_which_nothing_passes_a_wall_is_bit_equal(rollouts):
    free, kept = (run(*thrown((1.0, 1.0), (3.0, 2.0))) for run in rollouts)
    assert all(np.array_equal(a, b) for a, b in zip(jax.tree.leaves(free), jax.tree.leaves(kept), strict=True))


@pytest.mark.parametrize(
    ("position", "velocity"),
    [
        ((0.3, 3.0), (-100.0, 0.0)),
        ((4.7, 3.0), (100.0, 0.0)),
        ((2.5, 4.7), (0.0, 100.0)),
        ((1.0, 0.7), (0.0, -100.0)),
        ((0.3, 0.7), (-100.0, -100.0)),
        ((-7.0, -3.0), (0.0, 0.0)),  # beyond the ends of the walls, where there is nothing
        ((2.0, 14.0), (0.0, 0.0)),
    ],
)
def test_no_centre_is_ever_outside_and_what_was_thrown_out_comes_back(rollouts, position, velocity):
    states = rollouts[1](*thrown(position, velocity))
    x, y = states.position[:, CAPACITY.polygons, 0], states.position[:, CAPACITY.polygons, 1]
    rounding = 1e-6  # m, in the sum of a wall's position and its corners
    for place, low in ((x, 0.0), (y, FLOOR_TOP)):
        assert low - rounding <= place.min() and place.max() <= WORLD_SIZE + rounding
    assert 0.1 < x[-1] < 4.9 and 0.5 < y[-1] < 4.9  # off the surface that it was put on, by its contact


def test_a_body_without_the_rule_is_lost_beyond_the_ends_of_the_walls(rollouts):
    states = rollouts[0](*thrown((-7.0, -3.0), (0.0, 0.0)))
    assert states.position[-1, CAPACITY.polygons, 1] < -5


def test_what_hangs_on_a_wall_may_be_in_it(rollouts):
    builder = SceneBuilder(CAPACITY)
    body = builder.box((-1.0, 2.0), width=0.4, height=0.4)
    builder.revolute(LEFT_WALL, body, anchor=(-1.0, 2.0))
    states = rollouts[1](*builder.build())
    assert abs(states.position[-1, body, 0] + 1.0) < 0.1


def test_walls_that_are_missing_do_not_hold(rollouts):
    scene, state = thrown((2.5, 4.7), (0.0, 50.0))
    open_top = eqx.tree_at(lambda s: s.active, scene, scene.active.at[3].set(False))
    assert rollouts[1](open_top, state).position[-1, CAPACITY.polygons, 1] > WORLD_SIZE


def test_four_walls_are_needed():
    with pytest.raises(SceneError, match="confined needs a capacity with 4 static polygons, got 2"):
        Engine(Capacity(static_polygons=2, polygons=3, circles=0, joints=0, thrusters=0), confined=True)
