"""A million steps of random valid scenes under random actions in each size: everything stays finite."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine
from tests.jax2d.simulate import stack
from tests.jax2d.strategies import random_scene

SCENES, DIFFERENT, STEPS = 2048, 128, 512


@pytest.mark.slow
@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_a_million_random_steps_stay_finite(size: str) -> None:
    capacity = getattr(Capacity, size)()
    engine = Engine(capacity)
    built = [random_scene(capacity, seed, full=seed % 2 == 0, wild=seed % 4 == 1) for seed in range(DIFFERENT)]
    scene, state = jax.tree.map(lambda x: jnp.tile(x, (SCENES // DIFFERENT,) + (1,) * (x.ndim - 1)), stack(built))

    @jax.jit
    def run(scene: Any, state: Any, key: jax.Array) -> Any:
        def one(carry: tuple[Any, jax.Array], key: jax.Array) -> tuple[Any, None]:
            state, finite = carry
            action = jax.random.uniform(key, (SCENES, capacity.actions), minval=-1, maxval=1)
            state, _ = jax.vmap(engine.step)(scene, state, action)
            sums = [jnp.isfinite(leaf).reshape(SCENES, -1).all(axis=1) for leaf in jax.tree.leaves(state)]
            return (state, finite & jnp.stack(sums).all(axis=0)), None

        return jax.lax.scan(one, (state, jnp.ones(SCENES, bool)), jax.random.split(key, STEPS))[0]

    state, finite = run(scene, state, jax.random.key(0))
    assert SCENES * STEPS >= 1_000_000
    assert finite.all(), f"not finite: scenes {np.flatnonzero(~np.asarray(finite))[:10] % DIFFERENT}"
    assert np.abs(state.velocity).max() <= engine.params.max_velocity
