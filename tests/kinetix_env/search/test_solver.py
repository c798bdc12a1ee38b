"""The search: its solutions solve the level when replayed, and it keeps its time budget on unsolvable levels."""

import time

import jax
import numpy as np
import pytest

from kinetix_env import ConfigError, LevelError, Role, make
from kinetix_env.levels import NamedLevel
from kinetix_env.search import Progress, Replay, replay, solve
from kinetix_env.search.archive import Archive, copy_rows
from kinetix_env.search.choices import choices
from kinetix_env.search.lanes import SPAN, Lanes, start_lane
from kinetix_env.search.starts import perturbed
from kinetix_env.sources import suite
from tests.kinetix_env.search.worlds import ENV, rocket, search

LEVELS = {named.name: named for named in suite("s")}


def played(level, actions) -> Replay:
    """The final state of an episode of the level with these actions."""
    return replay(ENV, level, actions)


@pytest.mark.parametrize("name", ["bell", "clock-hand", "tray"])
def test_a_solution_solves_the_level_when_replayed(name: str) -> None:
    level = LEVELS[name].level
    result = search(level, budget=60.0)
    end = played(level, result.actions)
    assert result.solved and end.solved and end.steps == result.steps <= len(result.actions)
    assert not played(level, []).solved
    assert 0 < result.robustness <= 1 and result.rollouts > 0 and result.closest >= 0
    used = np.array(result.actions).max(axis=0) > 0
    assert not used[choices(level) == 1].any()
    NamedLevel(name=name, level=level, solution=result.actions)  # can be kept in a file


def test_the_same_seed_finds_the_same_solution() -> None:
    level = LEVELS["rocket-hop"].level
    first, again = (search(level, budget=60.0, seed=3) for _ in range(2))
    assert first.solved and first.actions[: first.steps] == again.actions[: again.steps]


def test_a_solution_of_an_easy_level_is_robust() -> None:
    assert search(rocket()).robustness > 0.9


def test_unsolvable_levels_exhaust_the_budget_without_a_claim_of_impossibility() -> None:
    search(rocket())  # compiles
    told: list[Progress] = []
    begin = time.monotonic()
    result = search(rocket(wall=True), budget=3.0, progress=told.append)
    assert time.monotonic() - begin < 3.0 + 5.0  # s, for the last step and the end of it on a busy machine
    assert not result.solved and not result.exhausted and result.actions == () and result.robustness == 0
    # m: when the green ball touches the pillar; at most at 9.8 m/s, having come all the way from the left wall, so that
    # it enters the pillar by at most 0.17 m in an engine step
    assert 1.35 - 0.17 < result.closest < 1.35 + 0.01
    counts = [now.rollouts for now in told]
    assert counts == sorted(counts) and counts[-1] == result.rollouts
    assert min(now.closest for now in told) == result.closest and {now.budget for now in told} == {3.0}


@pytest.mark.parametrize("above", [False, True])
def test_a_level_without_actuators_is_decided_by_no_op(above: bool) -> None:
    level = rocket(thruster=False, above=above)
    result = search(level)
    assert result.exhausted and result.solved is above and result.rollouts == 1
    if above:
        assert played(level, result.actions).solved and len(result.actions) == result.steps


def test_a_level_without_green_or_blue_and_a_bad_setting_are_refused() -> None:
    with pytest.raises(LevelError, match="must have a green and a blue shape, got no green one"):
        search(rocket(role=Role.RED))
    for budget in (0.0, -1.0, float("nan")):
        with pytest.raises(ConfigError, match="budget of a search must be a positive number of seconds"):
            search(rocket(), budget=budget)
    with pytest.raises(ConfigError, match="A search must have at least 1 lane, got 0"):
        search(rocket(), lanes=0)
    with pytest.raises(LevelError, match="the level has room for 5 polygons"):
        solve(make("kinetix-m"), rocket())


def test_a_replay_refuses_what_is_no_action_and_does_not_play_beyond_the_horizon() -> None:
    with pytest.raises(LevelError, match=r"actions\[1\] must be integers for 4 motors"):
        played(rocket(), [(0,) * 6, (3,) * 6])
    end = played(rocket(wall=True), [(0, 0, 0, 0, 1, 0)] * 1000)
    assert not end.solved and end.steps == ENV.horizon


def test_episodes_resumed_from_archived_states_are_bit_identical() -> None:
    """States must agree bit for bit; otherwise the plan of a branch would not reproduce the state of its row."""
    level, lanes = LEVELS["rocket-hop"].level, Lanes(ENV, jax.local_devices())
    start = jax.device_get(start_lane(ENV, level))
    rows = jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], lanes.count, axis=0), start)
    plans = np.random.default_rng(0).integers(0, 3, (lanes.count, 256, 6), np.int8)
    plans[:, :, 4:] %= 2
    there = lanes.load(level)
    halfway = lanes.play(there, rows, plans)
    archive = Archive(level, start, plans[0])
    going = np.flatnonzero(~halfway.done)
    archive.add(halfway, plans, going)
    slots = archive.pick(np.random.default_rng(0), lanes.count)
    archive.restore(halfway, np.arange(lanes.count), slots)
    again = np.stack(
        [np.concatenate([archive.plan(slot)[0][:SPAN], plans[row, SPAN:]]) for row, slot in enumerate(slots.tolist())]
    )
    branched = lanes.play(there, halfway, again)
    whole = lanes.play(there, lanes.play(there, rows, again), again)
    assert len(archive) > 1 and (np.asarray(branched.time) == 2 * SPAN).any()
    for kept, played_anew in zip(jax.tree.leaves(branched), jax.tree.leaves(whole), strict=True):
        np.testing.assert_array_equal(kept, played_anew)


def test_the_archive_keeps_the_earliest_state_per_cell() -> None:
    level = rocket()
    start = jax.device_get(start_lane(ENV, level))
    rows = jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], 3, axis=0), start)
    rows.time[:] = [30, 10, 20]
    plans = np.arange(3, dtype=np.int8)[:, None, None] * np.ones((256, 6), np.int8)
    archive = Archive(level, start, plans[0])
    archive.add(rows, plans, np.array([0]))
    archive.add(rows, plans, np.array([1, 2]))
    assert len(archive) == 1 and archive.plan(0)[1] == 10 and (archive.plan(0)[0] == 1).all()
    rows.physics.position[2, :, 0] += 1.0
    archive.add(rows, plans, np.array([2]))
    assert len(archive) == 2
    target = jax.tree.map(np.zeros_like, rows)
    copy_rows(target, np.array([2]), rows, np.array([1]))
    assert target.time.tolist() == [0, 0, 10]


def test_perturbed_starts_move_free_bodies_only() -> None:
    level = LEVELS["bell"].level  # a pendulum: it hangs on something immovable
    starts = perturbed(level, 200, np.random.default_rng(0))
    scene, state = jax.device_get((level.scene, level.state))
    fixed = scene.inverse_mass == 0
    np.testing.assert_array_equal(
        starts.velocity[:, fixed], np.broadcast_to(state.velocity[fixed], (200, fixed.sum(), 2))
    )
    np.testing.assert_array_equal(starts.position, np.broadcast_to(state.position, starts.position.shape))
    free = perturbed(rocket(), 200, np.random.default_rng(0))
    moved = free.position - np.asarray(rocket().state.position)
    assert moved.std(axis=0).max() == pytest.approx(0.005, rel=0.2)  # m
    assert (moved.std(axis=0).max(axis=1) > 0).sum() == 1  # the ball alone
