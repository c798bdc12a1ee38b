"""The step inside JAX's other transformations: loops that stop, branches, donated memory, an engine as an argument."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Engine, PhysicsParams
from tests.jax2d.law_scenes import LEAN, crash
from tests.jax2d.simulate import stack

pytestmark = pytest.mark.versions

ENGINE = Engine(LEAN)
SCENES = 8


def batch() -> tuple[Any, Any]:
    return tuple(stack(part) for part in zip(*(crash(LEAN, seed) for seed in range(SCENES)), strict=True))


def step(scene: Any, state: Any) -> Any:
    return ENGINE.step(scene, state, ENGINE.action())[0]


@pytest.mark.slow
def test_while_loop_of_each_scene() -> None:
    """Each scene runs until its circle has gone 10 cm, in another number of steps; vmap runs on until the last has."""
    scene, state = batch()
    circle = LEAN.polygons
    start = state.position[:, circle]

    def leave(scene: Any, state: Any, start: jax.Array) -> Any:
        def going(carry: Any) -> jax.Array:
            state, count = carry
            return (jnp.abs(state.position[circle] - start).max() < 0.1) & (count < 200)

        return jax.lax.while_loop(going, lambda carry: (step(scene, carry[0]), carry[1] + 1), (state, 0))

    together, counts = jax.jit(jax.vmap(leave))(scene, state, start)
    steps = np.asarray(counts)
    assert len(set(steps.tolist())) > 3
    run, alone = jax.jit(jax.vmap(step)), state
    for count in range(1, int(steps.max()) + 1):
        alone = run(scene, alone)
        stopped = steps == count
        assert np.asarray(alone.position)[stopped] == pytest.approx(np.asarray(together.position)[stopped], abs=1e-4)


@pytest.mark.slow
def test_steps_inside_cond_and_with_donated_buffers() -> None:
    """`lax.cond` in a vmap picks the step or the state as it was; the state's memory may be given away."""
    scene, state = batch()
    moves = jnp.arange(SCENES) % 2 == 0

    def maybe(scene: Any, state: Any, move: jax.Array) -> Any:
        return jax.lax.cond(move, lambda state: step(scene, state), lambda state: state, state)

    expected = jax.jit(jax.vmap(step))(scene, state)
    before = jax.tree.map(np.array, state)
    found = jax.jit(jax.vmap(maybe), donate_argnums=1)(scene, state, moves)
    assert state.position.is_deleted()
    assert np.asarray(found.velocity)[::2] == pytest.approx(np.asarray(expected.velocity)[::2], abs=1e-6)
    assert (np.asarray(found.velocity)[1::2] == before.velocity[1::2]).all()
    assert (np.asarray(found.position)[1::2] == before.position[1::2]).all()


@pytest.mark.slow
def test_an_engine_may_be_an_argument_of_a_jitted_function() -> None:
    """Its numbers may be arrays, so that one program serves all of their values."""
    scene, state = batch()

    @eqx.filter_jit
    def run(engine: Engine, scene: Any, state: Any) -> Any:
        return jax.vmap(engine.step)(scene, state, jnp.zeros((SCENES, 0)))[0]

    compiled = []
    for dt in (0.01, 0.02):
        engine = Engine(LEAN, params=PhysicsParams(dt=jnp.float32(dt)))
        after = run(engine, scene, state)
        moved = after.position - state.position
        assert np.asarray(moved) == pytest.approx(np.asarray(after.velocity) * dt, abs=1e-6)
        compiled.append(after)
    assert not (compiled[0].position == compiled[1].position).all()
