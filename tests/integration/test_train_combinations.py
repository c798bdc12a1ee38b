"""Every curriculum trains every policy, through the same update, on two devices. Those that replay levels are in
test_train_replay.py, so that another process runs them."""

import pytest

from kinetix_env.plugins import registry
from tests.integration.combinations import train_and_check
from tests.integration.train_combinations import POLICIES, REPLAY, SMALL


@pytest.mark.parametrize("curriculum", sorted(set(SMALL) - set(REPLAY)))
def test_every_policy_learns_with(curriculum: str) -> None:
    train_and_check(curriculum)


def test_none_is_left_out() -> None:
    assert set(SMALL) == set(registry().curricula)
    assert {policy.name for policy in POLICIES} == set(registry().policies) - {"uniform", "no-op"}
