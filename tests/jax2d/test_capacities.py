"""Unusual capacities: without joints, circles or walls, with more vertices, or far larger than the scene."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine, PhysicsParams, Scene, SceneBuilder, State
from tests.jax2d.simulate import stack
from tests.jax2d.strategies import random_scene

BARE = {"joints": 0, "thrusters": 0}


def walk(engine: Engine, scene: Scene, state: State, steps: int, params: PhysicsParams | None = None) -> State:
    """Step a batch without actions."""
    action = jnp.zeros((len(state.angle), engine.capacity.actions))

    @jax.jit
    def run(scene: Any, state: Any, params: Any) -> Any:
        def one(state: State, _: None) -> tuple[State, None]:
            return jax.vmap(engine.step)(scene, state, action, params)[0], None

        return jax.lax.scan(one, state, length=steps)[0]

    return run(scene, state, params)


@pytest.mark.parametrize(
    "capacity",
    [
        Capacity(polygons=5, circles=0, **BARE),  # one polygon and the walls
        Capacity(polygons=0, circles=3, static_polygons=0, **BARE),  # circles alone: no boundary, no joints
        Capacity(polygons=3, circles=2, static_polygons=0, joints=2, thrusters=0, vertices=3),  # triangles
        Capacity(polygons=7, circles=1, joints=0, thrusters=2, vertices=5),
    ],
    ids=["one polygon", "circles", "triangles", "pentagons"],
)
def test_unusual_capacities_step(capacity: Capacity) -> None:
    scene, state = stack([random_scene(capacity, seed, full=True) for seed in range(8)])
    after = walk(Engine(capacity), scene, state, 60)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(after))
    assert np.abs(after.position - state.position).max() > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("bodies", [32, 64])
def test_a_pile_of_many_bodies_comes_to_rest(bodies: int) -> None:
    capacity = Capacity(polygons=4 + bodies // 2, circles=bodies // 2, joints=2, thrusters=0)
    builder = SceneBuilder(capacity)
    for k in range(bodies):
        place = (0.4 + 0.6 * (k % 8), 0.65 + 0.5 * (k // 8))
        if k % 2:
            builder.circle(place, radius=0.18)
        else:
            builder.box(place, width=0.36, height=0.36)
    chain = (builder.capacity.static_polygons, builder.capacity.polygons)
    builder.revolute(*chain, anchor=(0.2, 0.0))
    scene, state = stack([builder.build()] * 2)
    after = walk(Engine(capacity), scene, state, 240)
    movable = np.asarray(after.position)[0, capacity.static_polygons :]
    assert np.isfinite(movable).all()
    assert (movable[:, 1] > 0.4).all() and (movable[:, 0] > 0).all() and (movable[:, 0] < 5).all()


def test_regular_hexagons_come_to_rest_on_a_side() -> None:
    capacity = Capacity(polygons=6, circles=1, vertices=6, **BARE)
    corners = np.array([(0.3 * np.cos(-k * np.pi / 3), 0.3 * np.sin(-k * np.pi / 3)) for k in range(6)])
    builder = SceneBuilder(capacity)
    flat = builder.polygon((1.5, 0.8), corners)
    tilted = builder.polygon((3.5, 1.0), corners, angle=0.3)
    scene, state = stack([builder.build()])
    after = walk(Engine(capacity), scene, state, 240)
    apothem = 0.3 * np.sqrt(3) / 2
    # at rest a contact keeps between nothing and the slop of overlap
    for body in (flat, tilted):
        height = float(after.position[0, body, 1]) - 0.4
        assert apothem - 0.011 < height <= apothem + 1e-4
        sixth = float(after.angle[0, body]) / (np.pi / 3)
        assert sixth == pytest.approx(round(sixth), abs=0.02)
        assert np.abs(after.velocity[0, body]).max() < 1e-3


@pytest.mark.slow
def test_a_scene_in_a_larger_capacity_moves_the_same() -> None:
    small, large = Capacity(polygons=6, circles=2, joints=1, thrusters=1), Capacity.large()
    ends = []
    for capacity in (small, large):
        builder = SceneBuilder(capacity)
        body = builder.box((2.0, 0.9), width=1.0, height=0.3, velocity=(1.0, 0.0))
        wheel = builder.circle((2.4, 0.8), radius=0.25)
        builder.revolute(body, wheel, anchor=(0.4, -0.1))
        ball = builder.circle((1.2, 1.0), radius=0.2, restitution=0.4)
        after = walk(Engine(capacity), *stack([builder.build()]), 45)
        ends.append([np.concatenate([after.position[0, b], after.angle[0, b : b + 1]]) for b in (body, wheel, ball)])
    # the same operations in another program: only rounding differs, which contacts amplify
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-4)


@pytest.mark.slow
def test_params_per_scene_equal_params_of_an_engine() -> None:
    capacity = Capacity.small()
    builder = SceneBuilder(capacity)
    builder.box((1.0, 0.7), width=0.5, height=0.4, velocity=(2.0, 0.0))
    frictions = np.array([0.05, 0.4, 0.9], np.float32)
    scene, state = stack([builder.build()] * 3)
    params = eqx.tree_at(lambda p: p.friction, PhysicsParams(), jnp.asarray(frictions))
    params = jax.tree.map(lambda x: x if eqx.is_array(x) else jnp.full(3, x), params)
    together = walk(Engine(capacity), scene, state, 60, params)
    slid = np.asarray(together.position)[:, capacity.static_polygons, 0]
    assert slid[0] > slid[1] + 0.1 > slid[2] + 0.2
    alone = walk(Engine(capacity, params=PhysicsParams(friction=0.05)), scene, state, 60)
    np.testing.assert_allclose(alone.position[0], together.position[0], atol=1e-5)
