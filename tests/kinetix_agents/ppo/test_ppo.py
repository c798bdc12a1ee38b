"""PPO learns a toy level in seconds, reports every episode to the curriculum, and is the same on every device."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents.policies.build import build_policy
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.ppo import PPO, PPOConfig
from kinetix_agents.ppo.ppo import device_mesh
from kinetix_env import make
from kinetix_env.errors import ConfigError
from tests.kinetix_agents.toys import Ledger, slider_level, stacked

CONFIG = PPOConfig(envs=64, steps=32, epochs=4, minibatches=4, learning_rate=2e-3)
UPDATES = 25


def trainer(config: PPOConfig = CONFIG, levels: int | None = None) -> PPO:
    env = make("kinetix-s", reward="dense", horizon=128)
    share = config.envs // len(jax.devices())
    curriculum = Ledger(stacked(slider_level(1), slider_level(-1)), share if levels is None else levels)
    return PPO(config, env, build_policy(SetMLP(width=16, trunk=32), env), curriculum)


@pytest.fixture(scope="module")
def ppo() -> PPO:
    return trainer()


@pytest.fixture(scope="module")
def trained(ppo: PPO) -> tuple[Any, list[dict[str, float]]]:
    """The training state after some updates, and the metrics of each."""
    state, told = ppo.init(jax.random.key(0)), []
    for number in range(UPDATES):
        state, metrics = ppo.update(state, jax.random.key(number))
        told.append({name: float(value) for name, value in metrics.items()})
    return state, told


@pytest.mark.slow
def test_ppo_solves_two_levels_that_need_opposite_actions(trained: Any) -> None:
    _, told = trained
    first, last = (np.mean([row["solve_rate"] for row in rows]) for rows in (told[:3], told[-3:]))
    assert first < 0.7 and last > 0.95, (first, last)
    assert told[-1]["entropy"] < told[0]["entropy"]
    assert all(np.isfinite(list(row.values())).all() for row in told)


@pytest.mark.slow
def test_the_curriculum_receives_every_finished_episode(trained: Any) -> None:
    state, told = trained
    episodes = sum(row["episodes"] for row in told)
    solved = sum(row["episodes"] * row["solve_rate"] for row in told)
    assert float(state.curriculum["told"].sum()) == pytest.approx(episodes)
    assert float(state.curriculum["solved"].sum()) == pytest.approx(solved, rel=1e-5)
    assert (np.asarray(state.curriculum["told"]) > 0).all()  # of both levels, on each device
    assert int(state.updates) == UPDATES


@pytest.mark.slow
def test_parameters_are_replicated_and_rows_sharded(ppo: PPO, trained: Any) -> None:
    state, _ = trained
    for leaf in jax.tree.leaves((state.params, state.opt_state)):
        copies = [np.asarray(shard.data) for shard in leaf.addressable_shards]
        assert len(copies) == len(jax.devices()) and all((copy == copies[0]).all() for copy in copies)
    time = state.rows.state.time
    assert time.shape == (CONFIG.envs,) and {shard.data.shape[0] for shard in time.addressable_shards} == {
        CONFIG.envs // ppo.mesh.size
    }


@pytest.mark.slow
def test_metrics_are_a_function_of_the_seed(ppo: PPO) -> None:
    def run(seed: int) -> Any:
        state, told = ppo.update(ppo.init(jax.random.key(seed)), jax.random.key(seed))
        return jax.device_get((state, told))

    first, again, other = run(5), run(5), run(6)
    same = jax.tree.map(lambda a, b: bool((a == b).all()), first, again)
    assert all(jax.tree.leaves(same))
    assert first[1]["policy_loss"] != other[1]["policy_loss"]


@pytest.mark.slow
def test_a_learning_rate_of_zero_changes_nothing(ppo: PPO) -> None:
    state = ppo.init(jax.random.key(1))
    before = jax.device_get(state.params)
    after = jax.device_get(ppo.update(state, jax.random.key(2), 0.0)[0].params)
    assert all(jax.tree.leaves(jax.tree.map(lambda a, b: bool((a == b).all()), before, after)))


def test_a_curriculum_of_another_size_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"selects 7 levels at a time, but there are 32 environments on each of 2"):
        trainer(levels=7).init(jax.random.key(0))


def test_a_mesh_with_other_axes_is_refused() -> None:
    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("other",))
    good = trainer()
    with pytest.raises(ConfigError, match="one axis named 'data', got \\('other',\\)"):
        PPO(CONFIG, good.env, good.policy, good.curriculum, mesh)
    assert device_mesh(jax.devices()[:1]).size == 1


def test_state_like_has_the_sharding_of_the_state() -> None:
    like = trainer().state_like()
    assert like.updates.sharding.is_fully_replicated
    assert not like.rows.episode_return.sharding.is_fully_replicated
    assert like.rows.episode_return.dtype == jnp.float32
