"""The fine-tuning study: its summary of runs with known curves, and a run of the script on a tiny agent."""

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import RunConfig, train
from kinetix_env.sources import ListCurriculum
from scripts import finetune_study
from scripts.finetune_study import SCRATCH, TUNED, Row, steps_to, summary


def run(*solved: float, start: str = TUNED, seed: int = 0) -> list[Row]:
    """The rows of a run with these success rates, one evaluation per thousand steps."""
    return [
        Row(level="here", start=start, seed=seed, steps=1000 * index, solved=rate) for index, rate in enumerate(solved)
    ]


@pytest.mark.parametrize(
    ("solved", "steps"),
    [
        ((0.0, 0.5, 0.5, 0.0), 1000),
        ((0.9, 0.6, 0.0), 0),
        ((0.0, 0.9, 0.4, 0.5, 0.7), 3000),  # once is luck
        ((0.0, 0.4, 0.5), math.inf),
    ],
)
def test_a_rate_is_reached_by_two_consecutive_evaluations(solved: tuple[float, ...], steps: float) -> None:
    assert steps_to(run(*solved), 0.5) == steps


def test_the_table_has_medians_and_marks_runs_below_the_target() -> None:
    rows = [
        *run(0.2, 0.6, 0.6, 0.6),
        *run(0.4, 0.1, 0.7, 0.95, seed=1),
        *run(0.0, 0.0, 0.0, 0.1, seed=2),
        *(row for seed in range(3) for row in run(0.0, 0.0, 0.0, 0.0, start=SCRATCH, seed=seed)),
    ]
    _, (tuned, scratch) = summary(rows)
    assert tuned == ["here", TUNED, "0.20 (0.00 to 0.40)", "2 k (1 k to > 3 k)", "> 3 k", "0.55 (0.10 to 0.95)"]
    assert scratch == ["here", SCRATCH, "0.00 (0.00 to 0.00)", "> 3 k", "> 3 k", "0.00 (0.00 to 0.00)"]


@pytest.mark.soak
def test_the_study_writes_rows_and_curves(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    config = RunConfig(
        curriculum=ListCurriculum(levels=("suite:s",)),
        policy=SetMLP(width=8),
        ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2),
        steps=32,
    )
    train(config, tmp_path / "run")
    flags = ["--from", tmp_path / "run", "--levels", "suite:s/hover", "--steps", "64", "--seeds", "1"]
    flags += ["--json", tmp_path / "rows.json", "--out", tmp_path / "curves.png"]
    monkeypatch.setattr(sys, "argv", ["finetune_study", *map(str, flags)])
    finetune_study.main()
    rows = [Row(**row) for row in json.loads((tmp_path / "rows.json").read_text())]
    assert [(row.start, row.steps) for row in rows] == [
        (start, steps) for start in (TUNED, SCRATCH) for steps in (0, 32, 64)
    ]
    assert all(0 <= row.solved <= 1 for row in rows)
    assert "| suite:s/hover | fine-tuned |" in capsys.readouterr().out
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.width > picture.height
