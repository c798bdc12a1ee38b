"""`KinetixGymEnv`, the adapter for one episode at a time."""

import warnings
from dataclasses import replace
from typing import Any

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env

from jax2d import Capacity
from kinetix_env import ActionError, ConfigError, LevelError, LevelPool, Role, UnknownNameError, empty_level, make
from kinetix_env.gym import KinetixGymEnv
from kinetix_env.gym.spaces import plain
from kinetix_env.level import physics_row, put_physics
from kinetix_env.levels import NamedLevel, stack
from kinetix_env.sources import suite
from tests.kinetix_env.gym.worlds import assert_alike, meeting, stillness

HOLD = np.array([1, 0, 0, 2, 1, 0])
LARGE = NamedLevel(name="large", level=empty_level(Capacity.medium()))
POOL = LevelPool(stack([LARGE.level]))


@pytest.fixture(scope="module")
def env() -> KinetixGymEnv:
    return KinetixGymEnv(levels="suite:s", horizon=9)


def episode(env: Any, actions: Any = HOLD) -> list[Any]:
    """The result of every step until the end of the episode."""
    told = []
    while not told or not (told[-1][2] or told[-1][3]):
        told.append(env.step(actions))
    return told


@pytest.mark.versions
@pytest.mark.parametrize(
    "settings",
    [
        {"levels": "random"},
        {"levels": "suite:s", "observation": "entity", "action": "continuous", "reward": "dense"},
        {"levels": "suite:s/hover", "observation": "flat-padded", "action": "discrete"},
    ],
    ids=lambda settings: settings.get("action", "multi-discrete"),
)
def test_environments_pass_the_gymnasium_checker(settings: dict[str, Any]) -> None:
    """Warnings are errors; save that velocities and masses, in the entity observation, have no bounds to give."""
    with warnings.catch_warnings():
        if settings.get("observation") == "entity":
            for end in ("minimum value is -infinity", "maximum value is infinity"):
                warnings.filterwarnings("ignore", message=f".*A Box observation space {end}")
        check_env(gymnasium.make("kinetix/S-v0", **settings).unwrapped)


def test_an_episode_is_that_of_the_environment_itself(env: KinetixGymEnv) -> None:
    level = suite("s")[3].level
    own = make("kinetix-s", observation="flat", horizon=9)
    step = jax.jit(own.step)
    seen, state = own.reset(jax.random.key(0), level)
    obs, info = env.reset(options={"level": level})
    assert_alike(obs, np.asarray(seen))
    assert info["distance"] == pytest.approx(float(state.distance))
    for obs, reward, terminated, truncated, info in episode(env):
        seen, state, own_reward, done, own_info = step(jax.random.key(0), state, jnp.asarray(HOLD, jnp.int32))
        assert_alike(obs, np.asarray(seen))
        assert reward == pytest.approx(float(own_reward))
        assert (terminated or truncated) == bool(done) and truncated == bool(own_info.truncated)
        assert info["distance"] == pytest.approx(float(own_info.distance), abs=1e-4)


def test_solving_and_failing_terminate_and_running_out_of_time_truncates(env: KinetixGymEnv) -> None:
    for level, reward, ends in (
        (meeting(Role.BLUE), 1.0, ("solved",)),
        (meeting(Role.RED), -1.0, ("failed",)),
        (stillness(), 0.0, ()),
    ):
        env.reset(options={"level": level})
        told = episode(env)
        assert [step[1] for step in told] == [0.0] * (len(told) - 1) + [reward]
        *_, terminated, truncated, info = told[-1]
        assert (terminated, truncated) == (bool(ends), not ends)
        assert [name for name in ("solved", "failed") if info[name]] == list(ends)
        assert len(told) == 9 if truncated else len(told) in (6, 7)


def test_a_seed_fixes_all_episodes_that_follow(env: KinetixGymEnv) -> None:
    def starts(seed: int) -> list[Any]:
        return [env.reset(seed=seed)[0], *(env.reset()[0] for _ in range(5))]

    first, again, other = starts(3), starts(3), starts(4)
    assert_alike(first, again)
    assert not all(np.array_equal(*pair) for pair in zip(first, other, strict=True))
    assert len({obs.tobytes() for obs in first}) > 1  # it goes through the levels
    fresh = KinetixGymEnv(levels="suite:s", horizon=9)
    assert_alike(fresh.reset(seed=3)[0], first[0])


def test_a_given_level_leaves_the_stream_where_it_is(env: KinetixGymEnv) -> None:
    env.reset(seed=5)
    expected = env.reset()[0]
    env.reset(seed=5)
    given = env.reset(options={"level": "suite:s/hover"})[0]
    assert_alike(env.reset()[0], expected)
    (hover,) = (named for named in suite("s") if named.name == "hover")
    assert_alike(env.reset(options={"level": hover})[0], given)


def test_returned_observations_may_be_modified(env: KinetixGymEnv) -> None:
    obs, _ = env.reset(seed=0)
    kept = obs.copy()
    obs[:] = 0.0  # which a view of JAX's own memory would refuse
    env.step(HOLD)
    assert_alike(env.reset(seed=0)[0], kept)


def test_render_shows_the_current_state() -> None:
    env = KinetixGymEnv(levels="suite:s", horizon=9, render_mode="rgb_array", render_size=64)
    assert (
        env.metadata["render_fps"] == 30 and KinetixGymEnv(levels="suite:s", frame_skip=3).metadata["render_fps"] == 20
    )
    with pytest.raises(ResetNeeded, match=r"call reset\(\) before render"):
        env.render()
    env.reset(options={"level": meeting(Role.BLUE)})
    before = env.render()
    env.step(HOLD)
    after = env.render()
    assert before.shape == (64, 64, 3) and before.dtype == np.uint8
    assert not np.array_equal(before, after)
    with pytest.warns(UserWarning, match="draws nothing without a mode"):
        assert KinetixGymEnv(levels="suite:s").render() is None


def test_steps_without_an_episode_are_refused(env: KinetixGymEnv) -> None:
    with pytest.raises(ResetNeeded, match=r"No episode has begun: call reset\(\) before step\(\)"):
        KinetixGymEnv(levels="suite:s").step(HOLD)
    env.reset(options={"level": meeting(Role.BLUE)})
    episode(env)
    with pytest.raises(ResetNeeded, match=r"The episode is over \(terminated\): call reset\(\)"):
        env.step(HOLD)
    env.reset(options={"level": stillness()})
    episode(env)
    with pytest.raises(ResetNeeded, match=r"The episode is over \(out of time\)"):
        env.step(HOLD)


def test_a_refused_action_changes_nothing(env: KinetixGymEnv) -> None:
    env.reset(options={"level": meeting(Role.BLUE)})
    with pytest.raises(ActionError, match=r"KinetixGymEnv.step takes an action in MultiDiscrete.*got float64"):
        env.step(HOLD / 2)
    assert len(episode(env)) in (6, 7)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"levle": "suite:s/hover"}, ConfigError, "No reset option called 'levle'. Did you mean 'level'"),
        ({"level": "suite:s"}, LevelError, r"suite:s names \d+ levels, and one is to be played"),
        ({"level": "suite:s/hovr"}, UnknownNameError, "No level of suite:s called 'hovr'. Did you mean 'hover'"),
        ({"level": 3}, ConfigError, "A level must be a reference, a NamedLevel or a Level, got int"),
    ],
)
def test_wrong_options_are_refused(env: KinetixGymEnv, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        env.reset(options=options)


def test_a_wrong_seed_is_refused(env: KinetixGymEnv) -> None:
    with pytest.raises(gymnasium.error.Error, match="Seed must be greater or equal to zero"):
        env.reset(seed=-1)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"size": "xl"}, UnknownNameError, "No environment called 'xl'"),
        ({"observation": "flt"}, UnknownNameError, "No observation called 'flt'. Did you mean 'flat'"),
        ({"horizn": 3}, ConfigError, "No setting of kinetix-s called 'horizn'"),
        ({"levels": "randm"}, UnknownNameError, "called 'randm'. Did you mean 'random'.*suite:SPLIT/NAME"),
        ({"levels": "random:l"}, ConfigError, "'random:l' are of another size than the environment"),
        ({"levels": LARGE}, LevelError, "large is too large for this environment: pad cannot shrink a level"),
        ({"levels": POOL}, LevelError, "levels: the level has room for 6 polygons .* plays levels with room for 5"),
        ({"levels": []}, ConfigError, "levels must be a generator's name .* got \\[\\]"),
        ({"levels": 7}, ConfigError, "levels must be a generator's name .* got 7"),
        ({"render_mode": "human"}, ConfigError, "render_mode must be 'rgb_array' or None, got 'human'"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        KinetixGymEnv(**settings)


def test_the_entity_observation_is_a_dict_of_its_parts() -> None:
    env = KinetixGymEnv(observation="entity", levels="suite:s")
    own = make("kinetix-s")
    level = suite("s")[0].level
    seen = jax.tree.map(np.asarray, plain(own.reset(jax.random.key(0), level)[0]))
    obs, _ = env.reset(options={"level": level})
    assert_alike(obs, seen)
    assert obs in env.observation_space


def test_a_given_level_may_state_physics_parameters() -> None:
    """The levels of the stream state none, and go on as before."""
    usual = suite("s")[0]
    heavy = replace(usual, level=put_physics(usual.level, jnp.asarray(physics_row({"dt": 0.003}))))
    env, own = KinetixGymEnv(levels=usual), KinetixGymEnv(levels=heavy)
    first = [env.reset(seed=0)[0], env.step(HOLD)[0]]
    given = [env.reset(options={"level": heavy})[0], env.step(HOLD)[0]]
    assert_alike(given, [own.reset(seed=0)[0], own.step(HOLD)[0]])
    assert np.abs(given[1] - first[1]).max() > 1e-3
    again = [env.reset(seed=0)[0], env.step(HOLD)[0]]
    assert np.allclose(again[1], first[1], atol=1e-5)  # numbers in arrays may round otherwise than constants
