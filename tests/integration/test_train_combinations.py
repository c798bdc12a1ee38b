"""Every curriculum trains every policy, through the same update, on two devices."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kinetix_env.plugins import registry
from tests.integration.train_combinations import POLICIES, SMALL, UPDATES

ROOT = Path(__file__).parents[2]
QUICKLY = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"


@pytest.mark.parametrize("curriculum", sorted(SMALL))
def test_every_policy_learns_with(curriculum: str) -> None:
    script = ROOT / "tests" / "integration" / "train_combinations.py"
    done = subprocess.run(
        [sys.executable, str(script), curriculum],
        env={**os.environ, "XLA_FLAGS": QUICKLY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert [row["policy"] for row in found] == [policy.name for policy in POLICIES]
    for row in found:
        assert row["finite"] and row["moved"] > 0 and row["updates"] == UPDATES, row


def test_none_is_left_out() -> None:
    assert set(SMALL) == set(registry().curricula)
    assert {policy.name for policy in POLICIES} == set(registry().policies) - {"uniform", "no-op"}
