"""A batch split over devices moves as it does on one, whether by `jax.shard_map` or by jit's own partitioner."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, PartitionSpec

from jax2d import Capacity, Engine, State
from tests.jax2d.simulate import stack
from tests.jax2d.strategies import random_scene

pytestmark = pytest.mark.versions

CAPACITY = Capacity.small()
ENGINE = Engine(CAPACITY)
SCENES, STEPS = 24, 20
SPLIT = PartitionSpec("scene")


def mesh() -> Mesh:
    assert len(jax.devices()) >= 2, "tests run on at least two host devices, see tests/conftest.py"
    return Mesh(np.array(jax.devices()[:2]), ("scene",))


def batch() -> tuple[Any, Any, Any]:
    scene, state = stack([random_scene(CAPACITY, seed) for seed in range(SCENES)])
    return scene, state, jnp.asarray(np.random.default_rng(1).uniform(-1, 1, (SCENES, CAPACITY.actions)), jnp.float32)


def walk(scene: Any, state: Any, action: Any) -> State:
    def one(state: State, _: None) -> tuple[State, None]:
        return jax.vmap(ENGINE.step)(scene, state, action)[0], None

    return jax.lax.scan(one, state, length=STEPS)[0]


@pytest.mark.slow
@pytest.mark.parametrize("way", ["shard_map", "jit"])
def test_a_batch_sharded_over_two_devices_moves_the_same(way: str) -> None:
    alone = jax.jit(walk)(*batch())
    placed = jax.device_put(batch(), jax.NamedSharding(mesh(), SPLIT))
    program = walk
    if way == "shard_map":
        program = jax.shard_map(walk, mesh=mesh(), in_specs=SPLIT, out_specs=SPLIT, check_vma=False)
    split = jax.jit(program)(*placed)
    # another program may round differently
    np.testing.assert_allclose(split.position, alone.position, atol=1e-6)
    np.testing.assert_allclose(split.velocity, alone.velocity, atol=1e-5)
