"""The example of the README runs as printed."""

from pathlib import Path

import pytest

from scripts.readme_example import run_examples

README = Path(__file__).parents[2] / "packages" / "kinetix-agents" / "README.md"


@pytest.mark.slow
def test_the_example_trains_for_three_updates() -> None:
    result = run_examples(README)
    assert int(result["state"].updates) == 3
    assert 0.0 <= float(result["metrics"]["solve_rate"]) <= 1.0
