"""Training with two groups of environments gives the same rollouts and gradients on one device and on two."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents.policies.build import build_policy
from kinetix_agents.policies.flat_mlp import FlatMLP
from kinetix_agents.ppo import PPO, PPOConfig
from kinetix_agents.ppo.groups import deal
from kinetix_agents.ppo.ppo import device_mesh
from kinetix_env import make
from kinetix_env.errors import ConfigError
from kinetix_env.protocols import Probe
from tests.kinetix_agents.toys import Ledger, slider_level, stacked

CONFIG = PPOConfig(envs=16, steps=16, epochs=2, minibatches=2, learning_rate=2e-3, probe_steps=8, groups=2)
UPDATES = 4


class Drawn(Ledger):
    """A curriculum that draws random levels and probes them in every other selection."""

    def init(self, key: Any) -> dict[str, Any]:
        """The initial state, with a random value in place of the result of a probe."""
        return super().init(key) | {"expected": jax.random.uniform(key)}

    def select(self, state: dict[str, Any], key: Any, probe: Probe) -> Any:
        """Random levels, probed in every other selection."""
        level_ids = jax.random.randint(key, (self.count,), 0, len(self.levels.role))
        chosen = jax.tree.map(lambda leaf: leaf[level_ids], self.levels)
        expected = jax.lax.cond(
            state["turn"] % 2 == 0, lambda: probe(chosen, key).mean_value.mean(), lambda: state["expected"]
        )
        return chosen, level_ids, state | {"turn": state["turn"] + 1, "expected": expected}


def trainer(devices: int, config: PPOConfig = CONFIG) -> PPO:
    env = make("kinetix-s", observation="flat", reward="dense", horizon=16)
    curriculum = Drawn(stacked(slider_level(1), slider_level(-1)), config.envs // 2)
    return PPO(config, env, build_policy(FlatMLP(width=8), env), curriculum, device_mesh(jax.devices()[:devices]))


@pytest.fixture(autouse=True)
def compile_quickly() -> Iterator[None]:
    jax.config.update("jax_disable_most_optimizations", True)  # type: ignore[no-untyped-call]
    yield
    jax.config.update("jax_disable_most_optimizations", False)  # type: ignore[no-untyped-call]


def run(devices: int) -> tuple[Any, list[dict[str, float]]]:
    """The last training state, and the metrics of each update."""
    ppo = trainer(devices)
    state, told = ppo.init(jax.random.key(3)), []
    for number in range(UPDATES):
        state, metrics = ppo.update(state, jax.random.key(number))
        told.append({name: float(value) for name, value in metrics.items()})
    return jax.device_get(state), told


@pytest.mark.slow
def test_one_device_and_two_give_the_same_learning_curve() -> None:
    (one, curve), (two, other) = run(1), run(2)
    assert sum(row["episodes"] for row in curve) > CONFIG.envs  # there was something to learn from
    for first, second in zip(curve, other, strict=True):
        assert first["episodes"] == second["episodes"] and first["solve_rate"] == pytest.approx(second["solve_rate"])
        # sums over two devices are added in another order: about 1e-6 of each, a little more after each update
        assert first == pytest.approx(second, rel=1e-3, abs=1e-5)
    for name in ("told", "solved", "turn"):
        np.testing.assert_array_equal(one.curriculum[name], two.curriculum[name])
    np.testing.assert_array_equal(one.rows.tickets, two.rows.tickets)
    assert len(set(one.curriculum["expected"].tolist())) == 2  # the groups drew for themselves
    for first, second in zip(
        *(jax.tree.leaves((s.params, s.opt_state, s.curriculum)) for s in (one, two)), strict=True
    ):
        np.testing.assert_allclose(first, second, rtol=1e-3, atol=1e-5)


def test_minibatches_are_balanced_over_groups_and_independent_of_placement() -> None:
    keys = jax.random.split(jax.random.key(0), 3)
    together = np.asarray(deal(keys, 24, 4))
    assert sorted(together.ravel()) == list(range(24))
    for group, key in enumerate(keys):
        alone = np.asarray(deal(key[None], 8, 4))
        np.testing.assert_array_equal(together[together // 8 == group].reshape(4, 2), alone + 8 * group)


def test_groups_indivisible_by_devices_are_refused() -> None:
    with pytest.raises(ConfigError, match="multiple of the number of devices, 2, got 3"):
        trainer(2, PPOConfig(envs=24, minibatches=2, groups=3))
    with pytest.raises(ConfigError, match=r"multiple of groups x minibatches, 3 x 2 = 6, .* of each group; got 16"):
        PPOConfig(envs=16, minibatches=2, groups=3)
    with pytest.raises(ConfigError, match="groups must be an integer of at least 1, or None, got 0"):
        PPOConfig(groups=0)
    with pytest.raises(
        ConfigError, match="selects 8 levels at a time, but there are 4 environments on each of 4 groups"
    ):
        trainer(2, PPOConfig(envs=16, minibatches=2, groups=4)).init(jax.random.key(0))


def test_random_keys_depend_on_the_group_and_not_on_the_device() -> None:
    ppos = [trainer(devices) for devices in (1, 2)]
    one, two = (ppo.init(jax.random.key(0)) for ppo in ppos)
    np.testing.assert_array_equal(one.rows.state.time, two.rows.state.time)
    assert len(set(jnp.asarray(one.rows.state.time).tolist())) > 4
