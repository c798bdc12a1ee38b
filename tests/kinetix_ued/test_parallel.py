"""Curricula under `jax.vmap` and on several devices do what each does alone."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh
from jax.sharding import PartitionSpec as P

from kinetix_ued import ACCEL, PLR, SFL
from tests.kinetix_ued.markers import marked, numbers, outcome

LEVELS = 4


def halved(key, level):
    """A mutation that compiles quickly."""
    del key
    return marked().numbered(numbers(jax.tree.map(lambda x: x[None], level))[0] / 2)


CURRICULA = {
    "sfl": SFL(buffer=3, candidates=6, refresh_every=2).build(marked(), LEVELS),
    "plr": PLR(buffer=4, replay_rate=0.5).build(marked(), LEVELS),
    "accel": dataclasses.replace(ACCEL(buffer=4, fresh=0.5).build(marked(), LEVELS), mutation=halved),
}


@pytest.mark.parametrize("name", CURRICULA)
def test_two_curricula_under_vmap_equal_one_per_device(name: str) -> None:
    curriculum = CURRICULA[name]

    def play(levels, key):
        del key
        return outcome(numbers(levels))

    def update(state, key):
        levels, level_ids, state = curriculum.select(state, key, play)
        twice = jax.tree.map(lambda x: jnp.concatenate([x, x]), level_ids)
        told = outcome(jnp.concatenate([numbers(levels)] * 2), episodes=jnp.arange(2 * LEVELS) // 2)
        return curriculum.report(state, twice, told), numbers(levels)

    def three_updates(key):
        return jax.lax.scan(update, curriculum.init(key), jax.random.split(key, 3))

    keys = jax.random.split(jax.random.key(3), 2)
    mapped = jax.jit(jax.vmap(three_updates))(keys)

    def of_device(keys):
        return jax.tree.map(lambda x: x[None], three_updates(keys[0]))

    mesh = Mesh(np.array(jax.devices()[:2]), ("data",))
    sharded = jax.shard_map(of_device, mesh=mesh, in_specs=P("data"), out_specs=P("data"), check_vma=False)
    alone = jax.jit(sharded)(keys)  # each on its device
    assert not np.array_equal(*alone[1])
    assert jax.tree.structure(mapped) == jax.tree.structure(alone)
    for a, b in zip(jax.tree.leaves(mapped), jax.tree.leaves(alone), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
