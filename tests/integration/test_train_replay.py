"""Every curriculum that replays levels trains every policy, through the same update, on two devices."""

import pytest

from tests.integration.combinations import train_and_check
from tests.integration.train_combinations import REPLAY


@pytest.mark.parametrize("curriculum", REPLAY)
def test_every_policy_learns_with(curriculum: str) -> None:
    train_and_check(curriculum)
