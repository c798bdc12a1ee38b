"""Episodes: termination, rewards, truncation and the effect of actions."""

import itertools
from functools import cache

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_env import ConfigError, Level, Role
from tests.kinetix_env.episodes import CAPACITY, CIRCLE, POLYGON, STEPS, Episode, environment, level, play, room, void

pytestmark = pytest.mark.versions

HORIZON = environment().horizon
PAIRS = list(itertools.combinations_with_replacement(Role, 2))  # ten


def meeting(first: Role, second: Role, *, apart: float = 1.0, speed: float = 3.0) -> Level:
    """Two circles of radius 0.2 m, `apart` metres between centres, one flying at the other."""
    builder = void()
    a = builder.circle((1.0, 2.0), radius=0.2, velocity=(speed, 0.0))
    b = builder.circle((1.0 + apart, 2.0), radius=0.2)
    return level(builder, {a: first, b: second})


@cache
def meetings() -> list[Episode]:
    return play([meeting(*pair) for pair in PAIRS])


@pytest.mark.parametrize("pair", PAIRS)
def test_only_contact_of_the_right_roles_counts(pair: tuple[Role, Role]) -> None:
    """They touch after (1.0 - 0.4) m at 3 m/s, that is 12 engine steps: in the sixth environment step or the next."""
    episode = meetings()[PAIRS.index(pair)]
    solved, failed = set(pair) == {Role.GREEN, Role.BLUE}, set(pair) == {Role.GREEN, Role.RED}
    assert episode.info.solved.any() == solved
    assert episode.info.failed.any() == failed
    if solved or failed:
        end = int(episode.done.argmax())
        assert end in (5, 6)
        assert episode.info.solved[end] == solved
        assert not episode.info.truncated.any()
    else:
        assert int(episode.done.argmax()) == HORIZON - 1
        assert episode.info.truncated[HORIZON - 1]


def test_dense_reward_is_progress_plus_one_at_the_goal() -> None:
    episode = meetings()[PAIRS.index((Role.GREEN, Role.BLUE))]
    end = int(episode.done.argmax())
    start = episode.states.distance[0]
    assert start == pytest.approx(1.0)
    assert episode.reward[: end + 1].sum() == pytest.approx(1.0 + 0.1 * (start - episode.info.distance[end]), abs=1e-6)
    assert episode.reward[0] == pytest.approx(0.1 * 3.0 * 2 / 60, abs=1e-6)
    failing = meetings()[PAIRS.index((Role.GREEN, Role.RED))]
    assert failing.reward.sum() == -1.0  # there is no blue shape to come closer to


def test_a_finished_episode_stays_finished() -> None:
    for episode in meetings():
        end = int(episode.done.argmax())
        assert episode.done[end:].all()
        assert not episode.done[:end].any()
        assert not episode.reward[end + 1 :].any()
        assert not episode.info.solved[end + 1 :].any()


def three(apart_red: float, apart_blue: float) -> Level:
    """A green box between a red and a blue circle; it stands still and they fly at it at 6 m/s, 0.1 m per step."""
    builder = void()
    green = builder.box((2.5, 2.5), width=0.4, height=0.4)
    other = builder.circle((2.5 - 0.4 - apart_red, 2.5), radius=0.2, velocity=(6.0, 0.0))
    blue = builder.circle((2.5 + 0.4 + apart_blue, 2.5), radius=0.2, velocity=(-6.0, 0.0))
    return level(builder, {green: Role.GREEN, other: Role.RED, blue: Role.BLUE})


def test_red_wins_in_one_engine_step_and_the_first_engine_step_counts() -> None:
    """An engine step moves them 0.1 m. Gaps of 0.25 and 0.35 m close in the third and the fourth, both of which
    belong to the second environment step."""
    together, blue_first, red_first = play([three(*gaps) for gaps in ((0.25, 0.25), (0.35, 0.25), (0.25, 0.35))])
    assert together.info.failed[1] and not together.info.solved.any()
    assert blue_first.info.solved[1] and not blue_first.info.failed.any()
    assert red_first.info.failed[1] and not red_first.info.solved.any()


def test_distance_is_summed_over_pairs_and_is_that_of_the_deciding_engine_step() -> None:
    builder = void()
    green = builder.box((1.0, 1.0), width=0.2, height=0.2)
    blues = [builder.circle((x, 1.0), radius=0.1) for x in (2.0, 4.0)]
    far = level(builder, {green: Role.GREEN, **dict.fromkeys(blues, Role.BLUE)})
    (episode,) = play([far])
    assert episode.states.distance[0] == pytest.approx(1.0 + 3.0)
    # a gap of 0.05 m closes in the first of two engine steps; 0.1 m is what one moves
    (hit,) = play([meeting(Role.GREEN, Role.BLUE, apart=0.45, speed=6.0)])
    assert hit.done[0]
    assert hit.info.distance[0] == pytest.approx(0.45 - 0.1, abs=0.02)  # it began to push in that step


def test_the_time_limit_truncates_without_failure() -> None:
    (episode,) = play([level(void())])
    assert episode.info.truncated.tolist() == [step == HORIZON - 1 for step in range(STEPS)]
    assert not episode.info.failed.any()
    assert episode.states.time.tolist() == list(range(STEPS + 1))


def test_solving_in_the_last_step_is_no_truncation() -> None:
    """The circles touch in the last step before the time limit: this terminates the episode, so no value follows."""
    gap = 6.0 / 60 * 2 * (HORIZON - 1) + 0.05
    (episode,) = play([meeting(Role.GREEN, Role.BLUE, apart=0.4 + gap, speed=6.0)])
    assert int(episode.done.argmax()) == HORIZON - 1
    assert episode.info.solved[HORIZON - 1] and not episode.info.truncated.any()


def test_a_state_that_is_not_finite_ends_the_episode() -> None:
    bad = meeting(Role.GREEN, Role.BLUE)
    bad = eqx.tree_at(lambda one: one.state.velocity, bad, bad.state.velocity.at[CIRCLE, 1].set(jnp.nan))
    (episode,) = play([bad])
    assert episode.done[0]
    assert not episode.info.solved.any() and not episode.info.failed.any() and not episode.info.truncated.any()
    assert episode.reward[0] == 0.0


def turning(binding: int = 0, auto: bool = False) -> Level:
    """A box and a wheel that a motor turns against each other, and a thruster at the middle of the box."""
    builder = void()
    box = builder.box((2.5, 2.5), width=0.6, height=0.2)
    wheel = builder.circle((2.5, 2.5), radius=0.2)
    builder.revolute(box, wheel, anchor=(0.0, 0.0), motor=True, motor_speed=1.0)
    builder.thruster(box, position=(0.0, 0.0), angle=0.0, power=1.0)
    return level(builder, auto=auto, motor=binding, thruster=binding % 2)


def test_actions_drive_what_their_binding_names() -> None:
    forward, backward, other, auto, thrust, other_thrust = play(
        [turning(2), turning(2), turning(1), turning(1, auto=True), turning(1), turning(0)],
        [
            [0, 0, 1, 0, 0, 0],
            [0, 0, 2, 0, 0, 0],
            [1, 0, 2, 1, 0, 0],
            [0, 2, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 1],
            [0, 0, 0, 0, 0, 1],
        ],
    )

    def spin(episode: Episode) -> float:
        """The angular velocity of the wheel relative to the box after ten steps, rad/s."""
        spins = episode.states.physics.angular_velocity[10]
        return float(spins[CIRCLE] - spins[POLYGON])

    assert spin(forward) > 1.0
    assert spin(backward) == pytest.approx(-spin(forward), rel=1e-4)
    assert spin(other) == 0.0
    assert spin(auto) == pytest.approx(spin(forward), rel=1e-4)
    assert thrust.states.physics.velocity[10, POLYGON, 0] > 0.1
    assert not other_thrust.states.physics.velocity[10].any()


def test_levels_of_a_batch_do_not_mix() -> None:
    """The same levels in another order give the same episodes, bit for bit."""
    levels = [meeting(*pair) for pair in PAIRS]
    for there, back in zip(meetings(), play(levels[::-1])[::-1], strict=True):
        assert np.array_equal(there.states.physics.position, back.states.physics.position)
        assert np.array_equal(there.reward, back.reward)


@pytest.mark.parametrize("setting", ["frame_skip", "horizon"])
@pytest.mark.parametrize("value", [0, -1, True])
def test_bad_settings_are_refused(setting: str, value: object) -> None:
    with pytest.raises(ConfigError, match=rf"KinetixEnv.{setting} must be an integer of at least 1, got {value!r}"):
        environment(CAPACITY, **{setting: value})


def test_a_box_falls_on_the_floor_of_the_room() -> None:
    builder = room()
    box = builder.box((2.5, 1.0), width=0.4, height=0.4)
    (episode,) = play([level(builder, {box: Role.GREEN, 0: Role.BLUE})])
    assert episode.info.solved.any()
