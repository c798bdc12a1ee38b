"""Auto-reset, episode statistics, pools of levels, and the curricula `random` and `list`."""

from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_env import AutoReset, ConfigError, EpisodeStats, Level, LevelError, LevelPool, Outcome, Role
from kinetix_env.levels import NamedLevel, save
from kinetix_env.sources import ListCurriculum, RandomCurriculum
from tests.jax2d.strategies import same
from tests.kinetix_env.episodes import CAPACITY, environment, level, room, void

pytestmark = pytest.mark.versions

ENVS, STEPS = 12, 40


@cache
def pool_levels() -> Level:
    """Six levels: a green circle flies at a blue one from another distance in each."""
    made = []
    for k in range(6):
        builder = void()
        a = builder.circle((1.0, 2.0), radius=0.2, velocity=(3.0, 0.0))
        b = builder.circle((1.6 + 0.2 * k, 2.0), radius=0.2)
        made.append(level(builder, {a: Role.GREEN, b: Role.BLUE}))
    stacked: Level = jax.tree.map(lambda *rows: jnp.stack(rows), *made)
    return stacked


@cache
def pool() -> LevelPool:
    return LevelPool(pool_levels())


@cache
def run() -> tuple[Any, Any]:
    """A batch under AutoReset, and the same batch with its resets made by hand."""
    env = environment(horizon=20)
    auto = EpisodeStats(AutoReset(env, pool()))

    @jax.jit
    def play(key: Any) -> Any:
        start, *keys = jax.random.split(key, STEPS + 1)
        obs, state = jax.vmap(auto.reset)(jax.random.split(start, ENVS))

        def step(state: Any, key: Any) -> Any:
            each = jax.random.split(key, ENVS)
            actions = jax.vmap(auto.action_space.sample)(each)
            after = jax.vmap(auto.step)(each, state, actions)
            plain = jax.vmap(env.step)(each, state.inner, actions)
            levels = jax.vmap(pool().sample)(each)
            fresh = jax.vmap(env.reset)(each, levels)
            return after[1], (after, plain, fresh)

        return (obs, state), jax.lax.scan(step, state, jnp.stack(keys))[1]

    first, rest = play(jax.random.key(3))
    return jax.tree.map(np.asarray, eqx.filter(first, eqx.is_array)), jax.tree.map(np.asarray, rest)


def chosen(done: np.ndarray, new: Any, old: Any) -> Any:
    return jax.tree.map(lambda a, b: np.where(done.reshape(*done.shape, *[1] * (a.ndim - 2)), a, b), new, old)


def test_a_finished_environment_restarts_on_a_level_of_the_source() -> None:
    _, (after, plain, fresh) = run()
    obs, state, reward, done, _info = after
    assert 10 < done.sum() < done.size / 2
    assert np.array_equal(done, plain[3])
    assert np.array_equal(reward, plain[2])
    assert same(state.inner.level, chosen(done, fresh[1].level, plain[1].level))
    assert same(state.inner.time, chosen(done, fresh[1].time, plain[1].time))
    # both programs step the same state; the compiler may round them differently
    expected = chosen(done, fresh[1].physics.position, plain[1].physics.position)
    assert np.allclose(state.inner.physics.position, expected, atol=1e-6)
    seen = chosen(done, fresh[0]["flat"], plain[0]["flat"])
    assert np.allclose(obs["flat"], seen, atol=1e-5)


def test_episode_stats_are_sums_over_the_episode() -> None:
    _, (after, _, _) = run()
    _, state, reward, done, info = after
    for env in range(ENVS):
        total, length = 0.0, 0
        for step in range(STEPS):
            total, length = total + reward[step, env], length + 1
            assert info.episode_return[step, env] == pytest.approx(total, abs=1e-5)
            assert info.episode_length[step, env] == length
            if done[step, env]:
                total, length = 0.0, 0
        assert state.episode_length[-1, env] == length


def test_an_episode_that_is_over_keeps_its_return_and_length() -> None:
    """Without automatic resets a batch goes on to step rows whose episodes have ended."""
    env = EpisodeStats(environment(horizon=5))
    one = jax.tree.map(lambda row: row[5], pool_levels())  # green is 5 steps away from blue at least
    _, state = env.reset(jax.random.key(0), one)
    _, (states, done, info, reward) = jax.jit(lambda state: jax.lax.scan(_idle(env), state, length=9))(state)
    assert done.tolist() == [False] * 4 + [True] * 5
    assert info.episode_length.tolist() == [1, 2, 3, 4, 5, 5, 5, 5, 5]
    assert states.episode_length.tolist() == info.episode_length.tolist()
    assert np.allclose(info.episode_return, np.cumsum(reward), atol=1e-6) and (reward[5:] == 0).all()
    assert info.step.truncated.tolist() == [False] * 4 + [True] + [False] * 4


def _idle(env: EpisodeStats) -> Any:
    def step(state: Any, _: None) -> Any:
        _, state, reward, done, info = env.step(jax.random.key(0), state, jnp.zeros(6, jnp.int32))
        return state, (state, done, info, reward)

    return step


def test_a_pool_returns_its_levels_bit_for_bit() -> None:
    for index in range(len(pool())):
        assert same(pool()[index], jax.tree.map(lambda row, index=index: row[index], pool_levels()))


def test_a_pool_draws_all_its_levels_equally_often() -> None:
    keys = jax.random.split(jax.random.key(0), 6000)
    x = np.asarray(jax.jit(jax.vmap(lambda key: pool().sample(key).state.position[-1, 0]))(keys))
    counts = np.unique(np.round(x, 3), return_counts=True)[1]
    assert len(counts) == 6
    assert np.abs(counts - 1000).max() < 5 * np.sqrt(1000)


def test_each_row_may_have_a_source_of_its_own() -> None:
    """A batch of pools, one per seed."""
    env = environment(horizon=1)  # every step ends an episode
    two = jax.tree.map(lambda x: jnp.stack([x[:3], x[3:]]), pool_levels())

    @jax.jit
    def play(levels: Level, key: Any) -> Any:
        auto = AutoReset(env, LevelPool(levels))
        _, state = auto.reset(key)
        return auto.step(key, state, jnp.zeros(6, jnp.int32))[1].level.state.position[-1, 0]

    x = np.asarray(jax.vmap(play)(two, jax.random.split(jax.random.key(0), 2)))
    rows = np.asarray(two.state.position)[:, :, -1, 0]
    assert x[0] in rows[0] and x[1] in rows[1]


def test_bad_pools_are_refused() -> None:
    one = level(room())
    with pytest.raises(LevelError, match="must be stacked"):
        LevelPool(one)
    with pytest.raises(LevelError, match="at least one level"):
        LevelPool(jax.tree.map(lambda x: x[:0], pool_levels()))


def no_probe(levels: Level, key: Any) -> Any:
    raise AssertionError("these curricula look at no outcome")


def test_the_random_curriculum_draws_levels() -> None:
    curriculum = RandomCurriculum().build(pool(), 5)
    state = curriculum.init(jax.random.key(0))
    levels, level_ids, state = jax.jit(lambda s, k: curriculum.select(s, k, no_probe))(state, jax.random.key(1))
    assert levels.role.shape == (5, CAPACITY.bodies) and len(level_ids) == 5
    again, _, _ = curriculum.select(state, jax.random.key(2), no_probe)
    assert not same(levels, again)


def test_the_list_curriculum_cycles_through_its_levels(tmp_path: Any) -> None:
    for k in range(3):
        builder = void()
        green, blue = builder.circle((1.0 + k, 2.0), radius=0.2), builder.circle((4.0, 4.0), radius=0.2)
        roles = {green: Role.GREEN, blue: Role.BLUE}
        save(tmp_path / f"level-{k}.json", NamedLevel(name=f"level {k}", level=level(builder, roles)))
    curriculum = ListCurriculum(levels=(str(tmp_path),)).build(pool(), 2)
    state, seen = curriculum.init(jax.random.key(0)), []
    none = jnp.zeros(2)
    outcome = Outcome(none, jnp.zeros(2, jnp.int32), none, none, none, none)
    for _ in range(3):
        levels, level_ids, state = curriculum.select(state, jax.random.key(0), no_probe)
        seen += np.asarray(levels.state.position[:, CAPACITY.polygons, 0]).tolist()
        state = curriculum.report(state, level_ids, outcome)
    assert seen == [1.0, 2.0, 3.0] * 2


def test_bad_curricula_are_refused(tmp_path: Any) -> None:
    for levels in (0, -1, True):
        with pytest.raises(ConfigError, match="levels must be an integer of at least 1"):
            RandomCurriculum().build(pool(), levels)
    with pytest.raises(ConfigError, match="at least one level file"):
        ListCurriculum().build(pool(), 2)
    with pytest.raises(LevelError, match=str(tmp_path)):
        ListCurriculum(levels=(str(tmp_path),)).build(pool(), 2)
