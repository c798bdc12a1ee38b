"""Rollouts: episode boundaries, the carry, bootstrapping at truncation, and outcomes per level."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents.ppo import PPOConfig
from kinetix_agents.ppo.bounds import has_bounds
from kinetix_agents.ppo.outcomes import outcome_of, running_and_selected
from kinetix_agents.ppo.rollout import Trajectory, play, start_rollout
from kinetix_env import make
from kinetix_env.task import Dense
from tests.kinetix_agents.toys import Counter, hopeless_level, repeated, slider_level, stacked

HORIZON, STEPS, ENVS, DISCOUNT = 5, 13, 4, 0.9


@pytest.fixture(scope="module")
def played() -> tuple[Any, Trajectory, Any]:
    """A rollout of levels that only the time limit ends, by a counting policy; it contains two truncations."""
    env = make("kinetix-s", reward="sparse", horizon=HORIZON)
    policy = Counter(env.action_space)
    levels = repeated(hopeless_level(), ENVS)

    def run(key: Any) -> Any:
        rollout = start_rollout(env, policy, levels)
        return play(env, policy, jnp.asarray(10.0), rollout, levels, key, steps=STEPS, discount=DISCOUNT, keep_obs=True)

    result: tuple[Any, Trajectory, Any] = jax.jit(run)(jax.random.key(0))
    return result


def test_episodes_are_truncated_at_the_horizon_and_reset(played: Any) -> None:
    _, seen, _ = played
    steps = np.arange(STEPS)
    assert (np.asarray(seen.done) == (steps % HORIZON == HORIZON - 1)[:, None]).all()
    assert (np.asarray(seen.is_first) == (steps % HORIZON == 0)[:, None]).all()
    assert (np.asarray(seen.length) == (steps % HORIZON + 1)[:, None]).all()
    assert not seen.solved.any()


def test_the_carry_is_reset_at_episode_boundaries(played: Any) -> None:
    rollout, seen, last = played
    number = np.arange(STEPS) % HORIZON
    np.testing.assert_allclose(seen.value, np.repeat(10.0 * number[:, None], ENVS, axis=1))
    np.testing.assert_allclose(rollout.carry, STEPS % HORIZON)
    np.testing.assert_allclose(last, 10.0 * (STEPS % HORIZON))


def test_truncated_steps_bootstrap_from_the_final_state(played: Any) -> None:
    _, seen, _ = played
    expected = np.zeros((STEPS, ENVS))
    expected[HORIZON - 1 :: HORIZON] = DISCOUNT * 10.0 * HORIZON  # the state after the last step is number HORIZON
    np.testing.assert_allclose(seen.reward, expected, rtol=1e-6)
    np.testing.assert_allclose(seen.episode_return, 0.0)  # returns are of what was really given


@pytest.mark.parametrize(("settings", "worth"), [({"bound_values": True}, 1.0), ({"bootstrap_timeouts": False}, 0.0)])
def test_truncation_bootstrap_respects_the_settings_and_reward_bounds(settings: Any, worth: float) -> None:
    env = make("kinetix-s", reward="sparse", horizon=HORIZON)
    policy, levels = Counter(env.action_space), repeated(hopeless_level(), 1)

    def run(key: Any) -> Any:
        start = start_rollout(env, policy, levels)
        steps = {"steps": HORIZON + 1, "discount": DISCOUNT, "keep_obs": False}
        return play(env, policy, jnp.asarray(10.0), start, levels, key, **steps, **settings)

    _, seen, last = jax.jit(run)(jax.random.key(0))
    assert seen.done[HORIZON - 1, 0]
    np.testing.assert_allclose(seen.reward[HORIZON - 1], DISCOUNT * worth, rtol=1e-6)
    np.testing.assert_allclose(last, 1.0 if "bound_values" in settings else 10.0)


def test_values_are_bounded_at_short_horizons() -> None:
    for horizon, short in ((7, True), (19, True), (20, False), (256, False)):
        assert has_bounds(make("kinetix-s", horizon=horizon), PPOConfig()) is short
    low, high = make("kinetix-s", reward=Dense(scale=0.2)).reward.bounds(jnp.asarray(3.0), jnp.asarray(7.0))
    np.testing.assert_allclose((low, high), (-1.8, 1.6), rtol=1e-6)


def test_observations_precede_their_actions(played: Any) -> None:
    _, seen, _ = played
    starts = np.asarray(seen.obs.circles)[::HORIZON]
    assert (starts == starts[0]).all()


def trajectory(done: np.ndarray, solved: np.ndarray, returns: np.ndarray) -> Trajectory:
    """The trajectory of a rollout with these ends, outcomes and returns."""
    zeros = jnp.zeros(done.shape)
    return Trajectory(
        obs=(),
        action=zeros,
        log_prob=zeros,
        value=jnp.asarray(np.arange(done.size, dtype=np.float32).reshape(done.shape)),
        reward=zeros,
        is_first=jnp.zeros(done.shape, bool),
        done=jnp.asarray(done),
        solved=jnp.asarray(solved),
        episode_return=jnp.asarray(returns, jnp.float32),
        length=jnp.zeros(done.shape, jnp.int32),
    )


def test_outcomes_are_split_into_running_and_selected_levels() -> None:
    done = np.array([[0, 0], [1, 0], [0, 0], [1, 0], [1, 0]], bool)
    solved = np.array([[0, 0], [1, 0], [0, 0], [0, 0], [1, 0]], bool)
    returns = np.array([[0, 0], [3, 0], [0, 0], [-1, 0], [5, 0]], np.float32)
    advantage = jnp.asarray(np.array([[1, -1], [-2, 2], [4, 0], [-1, 0], [2, 0]], np.float32))
    counts = jnp.ones(2, bool)
    both, counted = running_and_selected(trajectory(done, solved, returns), advantage, counts)
    assert counted.all()
    assert both.episodes.tolist() == [1, 0, 2, 0]  # running of both environments, then selected of both
    assert both.success_rate.tolist() == [1.0, 0.0, 0.5, 0.0]
    assert both.max_return.tolist() == [3.0, 0.0, 5.0, 0.0]
    assert both.mean_return.tolist() == [3.0, 0.0, 2.0, 0.0]
    np.testing.assert_allclose(both.mean_value, [(0 + 2) / 2, (1 + 3 + 5 + 7 + 9) / 5, (4 + 6 + 8) / 3, 0.0])
    np.testing.assert_allclose(both.positive_value_loss, [0.5, 2 / 5, (4 + 2) / 3, 0.0])


def test_levels_not_selected_by_the_curriculum_are_not_counted() -> None:
    done = np.array([[0], [1], [0], [1]], bool)
    both, counted = running_and_selected(trajectory(done, done, done * 1.0), jnp.ones((4, 1)), jnp.zeros(1, bool))
    assert both.episodes.tolist() == [0, 1] and both.success_rate.tolist() == [0.0, 1.0]
    assert both.positive_value_loss.tolist() == [0.0, 1.0]
    assert counted[:, 0].tolist() == [False, False, True, True]


def test_max_return_may_be_negative() -> None:
    done = np.array([[1]], bool)
    found = outcome_of(trajectory(done, ~done, np.array([[-2.0]])), jnp.zeros((1, 1)), jnp.ones((1, 1), bool))
    assert found.max_return.tolist() == [-2.0] and found.success_rate.tolist() == [0.0]


def test_levels_of_the_toys_need_opposite_actions() -> None:
    """The premise of the training test: pushing solves one level and fails the other, and no-op does the reverse."""
    env = make("kinetix-s", reward="sparse")
    levels = stacked(*(slider_level(side) for side in (1, 1, -1, -1)))
    state = jax.vmap(env.start)(levels)
    push = jnp.zeros((4, 6), jnp.int32).at[:, 4].set(jnp.array([1, 0, 1, 0]))

    def step(state: Any, _: None) -> tuple[Any, Any]:
        state, reward, _ = jax.vmap(env.advance)(state, push)
        return state, reward

    rewards = jax.jit(lambda state: jax.lax.scan(step, state, length=256)[1])(state)
    assert rewards.sum(0).tolist() == [1.0, -1.0, -1.0, 1.0]
