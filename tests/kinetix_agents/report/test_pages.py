"""Report pages, read by a parser: self-contained, and in agreement with the files of the runs."""

import base64
import csv
import io
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from PIL import Image
from scipy import stats

from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.report import write_comparison, write_report
from kinetix_agents.report.iqm import iqm_rate
from kinetix_agents.training.config import RunConfig
from kinetix_env.levels import save
from kinetix_env.sources import find_levels
from tests.kinetix_agents.report.runs import LEVELS, Page, make_run

pytestmark = pytest.mark.versions

EVIL = "<script src='http://elsewhere.example/x.js'>&"
SCORES = [
    (agent, "suite:s", level, 16, solved)
    for agent, counts in (("before", (3, 0, 16)), ("after", (16, 5, 7)))
    for level, solved in zip(LEVELS, counts, strict=True)
]


def images(page: Page) -> list[Image.Image]:
    """All pictures of a page, decoded."""
    assert all(reference.startswith("data:image/") for reference in page.references)
    contents = [base64.b64decode(source.partition(";base64,")[2], validate=True) for source in page.images]
    return [Image.open(io.BytesIO(content)) for content in contents]


def test_a_report_agrees_with_the_files_of_the_run(tmp_path: Path) -> None:
    """Without a checkpoint no episodes are played, and the page reports what is on disk."""
    run = make_run(tmp_path / "run", RunConfig(seed=11), scores=SCORES)
    path = write_report(run, devices=jax.devices())
    assert path == run / "report.html"
    page = Page(path)
    assert not images(page) and path.read_text().count('<svg class="chart"') >= 3
    for level in LEVELS:
        counts = {agent: solved for agent, _, name, _, solved in SCORES if name == level}
        cells = [f"{counts[agent] / 16:.3f} ({counts[agent]} of 16)" for agent in ("before", "after")]
        assert page.row(level)[1:] == [level, *cells]
    assert path.read_text().count("<svg xmlns") == len(LEVELS)
    rates = np.array([16, 5, 7]) / 16
    assert page.row("after", f"{rates.mean():.3f} ± {stats.sem(rates):.3f}")
    assert page.row("environment steps") == ["environment steps", "640"]
    assert page.row("minutes of training") == ["minutes of training", "1.0"]
    assert page.row("policy.width") == ["policy.width", str(SetMLP().width)] and page.row("ppo.envs")
    assert "The run trained further" not in page.text


def test_names_from_files_are_escaped_as_text(tmp_path: Path) -> None:
    """Names come from untrusted files; a level set that no longer exists has no pictures."""
    run = make_run(tmp_path / "a & b", scores=[(EVIL, EVIL, EVIL, 4, 1)])
    page = Page(write_report(run, tmp_path / "out.html", devices=jax.devices()))
    assert page.row(EVIL, "0.250 (1 of 4)")[1] == EVIL and not images(page)
    assert "a & b" in page.text


def test_many_levels_are_all_listed_in_a_collapsed_section(tmp_path: Path) -> None:
    """A folder of levels is an evaluation set."""
    (level,) = find_levels("suite:s/hover")
    (tmp_path / "levels").mkdir()
    names = [f"mine-{row:02d}" for row in range(30)]
    for name in names:
        save(tmp_path / "levels" / f"{name}.json", replace(level, name=name))
    scores = [("after", str(tmp_path / "levels"), name, 4, row % 5) for row, name in enumerate(names)]
    path = write_report(make_run(tmp_path / "run", scores=scores), devices=jax.devices())
    page = Page(path)
    assert "<summary>All 30 levels</summary>" in path.read_text() and path.read_text().count("<svg xmlns") == 30
    for row, name in enumerate(names):
        assert page.row(name)[2] == f"{row % 5 / 4:.3f} ({row % 5} of 4)"


def test_an_evaluation_older_than_the_last_updates_is_marked(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", scores=SCORES)
    os.utime(run / "eval.csv", (0, 0))
    text = Page(write_report(run, devices=jax.devices())).text
    assert "The run trained further after its eval.csv was written" in text
    other = make_run(tmp_path / "other", RunConfig(seed=1), scores=SCORES)
    assert f"Trained further after their eval.csv was written: {run}." in Page(write_comparison([run, other])).text


def test_a_run_without_a_checkpoint_has_a_report(tmp_path: Path) -> None:
    page = Page(write_report(make_run(tmp_path / "run"), devices=jax.devices()))
    assert "There is no checkpoint yet" in page.text and not images(page)


def test_curves_need_no_matplotlib(tmp_path: Path, monkeypatch: Any) -> None:
    whole = write_report(make_run(tmp_path / "run", scores=SCORES), devices=jax.devices()).read_text()
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert write_report(tmp_path / "run", devices=jax.devices()).read_text() == whole


def test_a_comparison_has_means_and_intervals_over_seeds(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    groups = {"narrow": SetMLP(width=8), "wide": SetMLP(width=64)}
    ends, solved, folders = {}, {}, []
    for name, policy in groups.items():
        ends[name], solved[name] = draw.random(3), draw.integers(0, 17, 3)
        for seed in range(3):
            folders.append(
                make_run(
                    tmp_path / f"{name}-{seed}",
                    RunConfig(seed=seed, policy=policy),
                    solve_rate=lambda step, end=float(ends[name][seed]): end,
                    scores=[("after", "suite:s", "hover", 16, int(solved[name][seed]))],
                )
            )
    path = write_comparison(folders)
    assert path == tmp_path / "comparison.html"
    page = Page(path)
    for title in ("success rate in training", "return in training", "interquartile mean of the success rates"):
        assert f'role="img" aria-label="{title}"' in path.read_text()
    assert page.text.index("What differs") < page.text.index("What they solve") < page.text.index("Learning curves")
    assert page.row("policy.width") == ["policy.width", "8", "64"]
    header = page.row("success rate in training")
    assert header[-1] == "solved of suite:s"
    for label, name in (("A: policy.width 8", "narrow"), ("B: policy.width 64", "wide")):
        (row,) = [row for row in page.rows if row[0] == label and len(row) == len(header)]
        iqm = iqm_rate(solved[name][:, None] / 16)
        assert row[-2] == f"{iqm.mean:.3f} ({iqm.low:.3f} to {iqm.high:.3f})"
        for cell, values in ((row[2], ends[name]), (row[-1], solved[name] / 16)):
            low, high = stats.t.interval(0.95, 2, values.mean(), stats.sem(values))
            assert cell == f"{values.mean():.3f} ± {(high - low) / 2:.3f}"
        assert row[1] == "3"


def test_a_comparison_omits_sets_that_a_run_was_not_evaluated_on(tmp_path: Path) -> None:
    scores = [("after", "suite:s", "hover", 4, 4)]
    runs = [make_run(tmp_path / str(seed), RunConfig(seed=seed), scores=scores[:seed]) for seed in (0, 1)]
    page = Page(write_comparison(runs, tmp_path / "page.html"))
    assert "solved of" not in page.text and "The runs differ only in the seed." in page.text
    with (runs[1] / "eval.csv").open() as file:
        assert len(list(csv.reader(file))) == 2  # left as it was


def test_single_seeds_have_no_intervals(tmp_path: Path) -> None:
    policies = SetMLP(width=8), SetMLP(width=64)
    runs = [make_run(tmp_path / str(policy.width), RunConfig(policy=policy)) for policy in policies]
    page = Page(write_comparison(runs))
    end = np.mean([step / (step + 1000) for step in (19 * 32, 20 * 32)])
    for label in ("A: policy.width 8", "B: policy.width 64"):
        assert page.row(label, f"{end:.3f}")[1] == "1"
