"""The examples of the READMEs run as printed, with the results that the text states."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.readme_example import python_blocks, run_examples

ROOT = Path(__file__).parents[2]


@cache
def of_jax2d() -> list[dict[str, Any]]:
    """The names after each block of the engine's README."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found = []
    for block in python_blocks(ROOT / "packages" / "jax2d" / "README.md"):
        exec(block, namespace)
        found.append(dict(namespace))
    return found


@pytest.mark.slow
def test_the_level_example_of_the_readme_runs() -> None:
    result = run_examples(ROOT / "README.md")
    assert result["obs"].polygons.shape == (1024, 5, 27)
    assert np.isfinite(result["obs"].polygons).all()
    assert 0 < int(result["done"].sum()) < 200 and set(np.unique(result["reward"])) <= {-1.0, 0.0, 1.0}
    assert (np.asarray(result["state"].time) == np.where(result["done"], 0, 1)).all()


def test_the_example_of_the_readme_has_twelve_lines() -> None:
    (block,) = python_blocks(ROOT / "README.md")
    assert len([line for line in block.splitlines() if line.strip()]) == 12


def test_the_car_of_the_engine_readme_drives() -> None:
    result = of_jax2d()[1]
    position, body = np.asarray(result["state"].position), result["body"]
    assert np.isfinite(position).all()
    assert abs(position[body, 0] - 2.0) > 0.1  # m, it started at x = 2
    floor = 0
    touching = np.asarray(result["contacts"].touching)
    assert touching[floor, result["wheel"]] and not touching[floor, body]


def test_the_balls_of_the_package_readme_fall_freely_or_bounce() -> None:
    result = of_jax2d()[0]
    heights = np.asarray(result["state"].position)[:, result["ball"], 1]
    seconds, start = 30 / 60, np.array([1.0, 2.0, 3.0])
    fallen = start - 0.5 * 9.81 * seconds * (seconds + 1 / 60)  # m, semi-implicit Euler's exact sum
    assert heights[2] == pytest.approx(fallen[2], abs=1e-4)  # never met the floor
    assert (heights >= 0.5 + 0.2 - 0.03).all()  # on or above the block of 0.5 m, but for a little overlap
    assert heights[0] > fallen[0]  # it has bounced


def test_a_readme_without_examples_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "README.md"
    empty.write_text("# Nothing\n")
    with pytest.raises(ValueError, match="no block fenced"):
        python_blocks(empty)
