"""Runs train_combinations.py in a process of its own, which XLA compiles quickly for, and looks at what came of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.integration.train_combinations import POLICIES, UPDATES

SCRIPT = Path(__file__).parent / "train_combinations.py"
QUICKLY = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"


def train_and_check(curriculum: str) -> None:
    """Every policy has learnt something finite with a curriculum."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), curriculum],
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
