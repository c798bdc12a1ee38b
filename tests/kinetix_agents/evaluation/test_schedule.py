"""The schedule of an evaluation: each episode is played once, in the next free row of the batch."""

import numpy as np
import pytest

from kinetix_agents.evaluation.schedule import Schedule


@pytest.mark.parametrize("episodes, rows, devices", [(1, 4, 2), (4, 4, 1), (57, 6, 3), (100, 8, 2)])
def test_every_episode_is_played_once_whenever_rows_finish(episodes, rows, devices) -> None:
    rng = np.random.default_rng(0)
    schedule, played = Schedule(episodes, rows, devices), []
    while schedule.over < episodes:
        before = schedule.playing.copy()
        fresh = schedule.fill()
        assert not (fresh & before).any()
        assert schedule.playing.all() or schedule.begun == episodes  # no row is idle while episodes remain
        over = schedule.finish(rng.random(rows) < 0.3)
        assert not (over & schedule.playing).any()
        played += schedule.episode[over].tolist()
    assert sorted(played) == list(range(episodes))
    assert not schedule.playing.any()


def test_few_episodes_are_distributed_over_all_devices() -> None:
    schedule = Schedule(4, 12, 3)
    assert schedule.fill().reshape(3, 4).sum(axis=1).tolist() == [2, 1, 1]
