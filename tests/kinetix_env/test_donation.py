"""A state that is made outside of `jax.jit` has its own buffers, so that it can be donated."""

from typing import Any

import jax
import jax.numpy as jnp

from kinetix_env import AutoReset, EpisodeStats, LevelPool, make
from kinetix_env.levels import stack
from kinetix_env.search.lanes import start_lane
from kinetix_env.sources import find_levels

ENV = make("kinetix-s", observation="flat")
LEVELS = [named.level for named in find_levels("suite:s")][:3]
KEYS = jax.random.split(jax.random.key(0), 3)


def buffers(state: Any) -> list[int]:
    return [leaf.unsafe_buffer_pointer() for leaf in jax.tree.leaves(state) if leaf.size]


def states() -> dict[str, Any]:
    auto = AutoReset(ENV, LevelPool(stack(LEVELS)))
    return {
        "an episode": ENV.start(LEVELS[0]),
        "with its sums": EpisodeStats(ENV).reset(KEYS[0], LEVELS[0])[1],
        "a batch": jax.vmap(ENV.start)(stack(LEVELS)),
        "a batch of a pool": jax.vmap(auto.reset)(KEYS)[1],
        "a search's": start_lane(ENV, LEVELS[0]),
    }


def test_no_two_arrays_of_a_state_share_a_buffer() -> None:
    for name, state in states().items():
        found = buffers(state)
        assert len(set(found)) == len(found), name


def test_a_level_survives_the_donation_of_its_state() -> None:
    level = jax.tree.map(jnp.asarray, LEVELS[0])
    clear = jax.jit(lambda physics: jax.tree.map(jnp.zeros_like, physics), donate_argnums=0, keep_unused=True)
    clear(ENV.start(level).physics)
    assert jnp.isfinite(level.state.position).all()  # a deleted array could not be read
