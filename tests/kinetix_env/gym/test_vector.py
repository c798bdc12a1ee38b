"""The vector environment gives the results of Gymnasium's `SyncVectorEnv`, in one compiled program."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from kinetix_env import ActionError, ConfigError, LevelError, Role
from kinetix_env.gym import KinetixGymEnv, KinetixVectorEnv
from tests.kinetix_env.gym.worlds import assert_alike, meeting, stillness

ENVS, HORIZON = 4, 9
LEVELS = ["suite:s/hover", meeting(Role.BLUE), meeting(Role.RED), stillness()]
SETTINGS: dict[str, Any] = {"levels": LEVELS, "horizon": HORIZON}
HOLD = np.tile(np.array([1, 0, 0, 2, 1, 0]), (ENVS, 1))
ALL = np.ones(ENVS, bool)


def batch(mode: str = "NextStep", **settings: Any) -> KinetixVectorEnv:
    return KinetixVectorEnv(ENVS, **{**SETTINGS, "autoreset_mode": mode, **settings})


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_outputs_equal_those_of_sync_vector_env(mode: str) -> None:
    ours = batch(mode)
    theirs = SyncVectorEnv([lambda: KinetixGymEnv(**SETTINGS)] * ENVS, autoreset_mode=mode)
    assert ours.metadata["autoreset_mode"] is AutoresetMode(mode)
    assert ours.observation_space == theirs.observation_space and ours.action_space == theirs.action_space
    assert_alike(ours.reset(seed=7), theirs.reset(seed=7))
    ours.action_space.seed(0)
    ends = np.zeros(3, int)
    for step in range(3 * HORIZON):
        actions = ours.action_space.sample()
        told = ours.step(actions)
        assert_alike(told, theirs.step(actions), f"step {step}")
        assert told[0] in ours.observation_space
        infos = told[4].get("final_info", told[4])
        ends += [infos["solved"].sum(), infos["failed"].sum(), told[3].sum()]
    assert (ends > 0).all()  # solved, failed and out of time all came about
    assert_alike(ours.reset(), theirs.reset())  # the streams go on
    assert_alike(ours.reset(seed=[1, 2, 3, 4]), theirs.reset(seed=[1, 2, 3, 4]))


def test_streams_of_random_levels_do_not_depend_on_the_batch() -> None:
    """Each environment draws its own levels ahead, in blocks that it shares with others."""
    one, many = KinetixGymEnv(horizon=HORIZON), batch(levels="random")
    starts = [many.reset(seed=11)[0], *(many.reset()[0] for _ in range(5))]
    for row in range(ENVS):
        alone = [one.reset(seed=11 + row)[0], *(one.reset()[0] for _ in range(5))]
        assert_alike([start[row] for start in starts], alone)
    assert len({start[0].tobytes() for start in starts}) == len(starts)


def test_disabled_autoreset_requires_reset_with_a_mask() -> None:
    envs = batch("Disabled")
    envs.reset(seed=0, options={"level": [meeting(Role.BLUE), stillness(), meeting(Role.RED), stillness()]})
    told = [envs.step(HOLD) for _ in range(6)]
    if not told[-1][2].any():
        told.append(envs.step(HOLD))
    obs, reward, terminated, truncated, info = told[-1]
    assert reward.tolist() == [1, 0, -1, 0]
    assert terminated.tolist() == [True, False, True, False] and not truncated.any()
    assert info["solved"].tolist() == [True, False, False, False]
    with pytest.raises(ResetNeeded, match=r"episodes of \[0, 2\] are over: reset\(options=\{'reset_mask'"):
        envs.step(HOLD)
    begun, info = envs.reset(options={"reset_mask": np.array([True, False, True, False]), "level": stillness()})
    assert_alike(begun[[1, 3]], obs[[1, 3]])  # these go on
    assert not np.array_equal(begun[0], obs[0])
    assert info["_distance"].tolist() == [True, False, True, False] and info["distance"].tolist() == [1, 0, 1, 0]
    while not truncated.any():
        *_, truncated, _ = envs.step(HOLD)
    assert truncated.tolist() == [False, True, False, True]


def test_a_next_step_autoreset_ignores_the_action_and_gives_zero_reward() -> None:
    """Next-step autoreset, Gymnasium's default."""
    envs = batch()
    envs.reset(seed=0, options={"level": meeting(Role.BLUE)})
    while not (ended := envs.step(HOLD)[2]).any():
        pass
    assert ended.all()
    obs, reward, terminated, truncated, info = envs.step(HOLD)
    assert not (reward.any() or terminated.any() or truncated.any() or info["solved"].any())
    again = batch()
    assert_alike(again.reset(seed=0)[0], obs)  # the first levels of the streams, which the given one left alone


def test_a_random_agent_plays_random_levels() -> None:
    envs = gymnasium.make_vec("kinetix/S-v0", num_envs=ENVS, horizon=HORIZON)
    envs = gymnasium.wrappers.vector.RecordEpisodeStatistics(envs)
    envs.reset(seed=1)
    envs.action_space.seed(1)
    returns, lengths = [], []
    for _ in range(60):
        obs, reward, terminated, truncated, info = envs.step(envs.action_space.sample())
        assert obs in envs.observation_space
        ended = terminated | truncated
        assert np.array_equal(reward, np.where(terminated, np.sign(reward), 0.0))
        if ended.any():
            returns += info["episode"]["r"][ended].tolist()
            lengths += info["episode"]["l"][ended].tolist()
    assert len(returns) >= ENVS * 6 and set(returns) <= {-1.0, 0.0, 1.0}
    assert max(lengths) == HORIZON and min(lengths) >= 1


def test_render_returns_one_image_per_environment() -> None:
    envs = batch(render_mode="rgb_array", render_size=32)
    with pytest.raises(ResetNeeded, match="No episode has begun"):
        envs.render()
    envs.reset(seed=0)
    pictures = envs.render()
    assert len(pictures) == ENVS and all(picture.shape == (32, 32, 3) for picture in pictures)
    with pytest.warns(UserWarning, match="draws nothing without a mode"):
        assert batch().render() is None


def test_steps_before_a_reset_are_refused() -> None:
    envs = batch()
    with pytest.raises(ResetNeeded, match=r"No episode has begun: call reset\(\) before step\(\)"):
        envs.step(HOLD)
    with pytest.raises(ResetNeeded, match="the first reset"):
        envs.reset(options={"reset_mask": np.arange(ENVS) > 0})


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"seed": [1, 2]}, ConfigError, "an integer, or a list of 4 integers or None, got 2 of them"),
        ({"seed": -1}, gymnasium.error.Error, "Seed must be greater or equal to zero"),
        ({"seed": [1, 2, 3, -4]}, gymnasium.error.Error, "Seed must be greater or equal to zero"),
        ({"options": {"mask": ALL}}, ConfigError, "No reset option called 'mask'.*Known: level, reset_mask"),
        ({"options": {"reset_mask": [True] * ENVS}}, ConfigError, "an array of 4 flags, got list"),
        ({"options": {"reset_mask": ALL[1:]}}, ConfigError, r"an array of 4 flags, got bool of shape \(3,\)"),
        ({"options": {"level": [meeting(Role.RED)]}}, ConfigError, "one for each of 4, got 1"),
        ({"options": {"level": "suite:s"}}, LevelError, "one is to be played"),
    ],
)
def test_wrong_resets_are_refused(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        batch().reset(**arguments)


def test_wrong_actions_and_settings_are_refused() -> None:
    envs = batch()
    envs.reset(seed=0)
    with pytest.raises(ActionError, match=r"KinetixVectorEnv.step takes 4 actions in MultiDiscrete.*shape \(3, 6\)"):
        envs.step(HOLD[:3])
    with pytest.raises(ActionError, match=r"got 4 at \(1, 0\)"):
        envs.step(HOLD + 3 * (np.arange(ENVS) == 1)[:, None])
    with pytest.raises(ConfigError, match="No autoreset mode called 'Nextstep'"):
        batch("Nextstep")
    for count in (0, -1, True):
        with pytest.raises(ConfigError, match=f"num_envs must be an integer of at least 1, got {count!r}"):
            KinetixVectorEnv(count)
