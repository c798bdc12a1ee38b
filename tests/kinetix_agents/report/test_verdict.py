"""The headline of a report agrees with the outcomes in the run's eval.csv."""

import json
from pathlib import Path

import jax
import numpy as np
import pytest

from kinetix_agents.evaluation.significance import Rate
from kinetix_agents.report import write_report
from kinetix_agents.report.charts import Bar, Line, bar_chart, line_chart
from kinetix_agents.training.config import RunConfig
from kinetix_env.sources import ListCurriculum
from tests.kinetix_agents.report.runs import Page, make_run

SFL = pytest.importorskip("kinetix_ued").SFL


def played(**solved):
    """Rows of eval.csv: 16 attempts at each level of suite:s, by agent."""
    names = ("hover", "rocket-hop", "tray", "bell", "balloon", "catapult", "clock-hand", "monowheel")
    return [
        (agent.replace("_", " "), "suite:s", name, 16, count)
        for agent, counts in solved.items()
        for name, count in zip(names, counts, strict=False)
    ]


def text_of(folder: Path, config: RunConfig | None, scores) -> str:
    return Page(write_report(make_run(folder, config, scores=scores), devices=jax.devices())).text


@pytest.mark.parametrize(
    ("before", "after", "headline"),
    [
        ([6], [16], "It learnt. It solves 16 of 16 attempts at suite:s, 6 of 16 attempts before training."),
        ([16], [2], "It got worse. It solves 2 of 16 attempts"),
        ([6], [7], "It is not clear whether it learnt"),
        ([0, 1, 2, 3, 4, 5, 6, 7], [8, 8, 9, 11, 11, 12, 16, 16], "It learnt. It solves 71.1 % of its attempts"),
        ([0, 1, 2, 3, 4, 5, 6, 7], [1, 0, 2, 3, 4, 5, 7, 6], "It is not clear whether it learnt"),
    ],
)
def test_the_headline_states_whether_the_agent_improved(before, after, headline, tmp_path: Path) -> None:
    config = RunConfig(curriculum=ListCurriculum(levels=("suite:s",)))
    text = text_of(tmp_path / "run", config, played(random_play=[3] * len(before), before=before, after=after))
    assert text.index(headline) < text.index("was trained with PPO in kinetix-s") < text.index("What it solves")
    assert "on the levels suite:s: 640 environment steps in 60 seconds, seed 0" in text
    assert ("The difference is not significant" in text) == ("not clear" in headline)
    assert "on which it was trained" in text and "Random play solves" in text
    for word in ("nan", "inf ", "1 levels", "1 attempts"):
        assert word not in text


def test_an_agent_that_was_evaluated_alone_is_not_compared(tmp_path: Path) -> None:
    text = text_of(tmp_path / "run", None, played(mine=[4, 8, 12]))
    assert "It solves 50.0 % of its attempts at the 3 levels of suite:s." in text
    assert "There is no evaluation from before training." in text and "learnt." not in text


def test_levels_that_only_one_agent_played_are_left_out_of_the_comparison(tmp_path: Path) -> None:
    text = text_of(tmp_path / "run", None, played(before=[0, 0], after=[16, 16, 0, 0]))
    assert "100.0 % of its attempts at the 2 levels" in text


def test_adaptive_curricula_do_not_lead_with_the_training_success_rate(tmp_path: Path) -> None:
    """With an adaptive curriculum that chart is in a collapsed section; on fixed levels it comes first."""
    pages = []
    for name, config in (("sfl", RunConfig(curriculum=SFL())), ("random", RunConfig())):
        path = write_report(make_run(tmp_path / name, config), devices=jax.devices())
        pages.append(path.read_text(encoding="utf-8"))
    adaptive, fixed = (page.partition("How it learnt")[2] for page in pages)
    assert adaptive.index("<summary>All training metrics") < adaptive.index("that the curriculum chose")
    assert fixed.index("success rate on training levels") < fixed.index("<summary>All training metrics")


def test_settings_that_differ_from_the_defaults_come_first(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", RunConfig(seed=3, curriculum=SFL(buffer=7)))
    page = Page(write_report(run, devices=jax.devices()))
    usual = str(SFL().buffer)
    differing = page.rows[page.rows.index(["differs", "value", "default"]) + 1 :][:3]
    assert differing == [["curriculum", "sfl", "random"], ["curriculum.buffer", "7", usual], ["seed", "3", "0"]]
    assert page.row("policy.width") and page.row("last update") and page.row("versions")
    usual_run = Page(write_report(make_run(tmp_path / "usual"), devices=jax.devices()))
    assert "All settings are the defaults." in usual_run.text


def test_recorded_run_information_is_escaped_as_text(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    document = json.loads((run / "config.json").read_text())
    document["run"] = {"command": "kinetix train --out '<script>'", "machine": "A & B"}
    (run / "config.json").write_text(json.dumps(document))
    page = Page(write_report(run, devices=jax.devices()))
    assert page.row("command") == ["command", "kinetix train --out '<script>'"]
    assert page.row("machine") == ["machine", "A & B"]


def test_charts_scale_with_the_page_and_place_values_to_scale() -> None:
    steps = np.array([0.0, 50.0, 100.0])
    lines = [Line(label=name, x=steps, y=np.array([0.0, 0.5, end])) for name, end in (("one", 0.5), ("<two>", 0.49))]
    chart = line_chart("a & b", lines, fraction=True)
    assert 'viewBox="0 0 400 230"' in chart and "width=" not in chart
    assert "a &amp; b" in chart and "&lt;two&gt;" in chart
    points = [
        [tuple(map(float, point.split(","))) for point in part.partition('"')[0].split()]
        for part in chart.split('points="')[1:]
    ]
    (x0, bottom), (x1, middle), (x2, end) = points[0]
    assert x1 - x0 == pytest.approx(x2 - x1) and end == middle  # 0.5 is where it was before
    (*_, (_, other)) = points[1]
    assert (bottom - other) / (bottom - end) == pytest.approx(0.49 / 0.5, abs=2e-3)
    labels = [float(part.partition('y="')[2].partition('"')[0]) for part in chart.split('class="label')[1:]]
    assert abs(labels[0] - labels[1]) >= 12  # the height of the text


def test_non_finite_values_are_not_drawn() -> None:
    holed = Line(label="x", x=np.arange(4.0), y=np.array([np.nan, 1, np.inf, 2]))
    empty = Line(label="y", x=np.arange(2.0), y=np.full(2, np.nan))
    bar = Bar(label="z", rate=Rate(mean=0.5, low=float("nan"), high=float("nan")))
    for chart in (line_chart("t", [holed, empty]), bar_chart("t", [("", [bar])])):
        assert "nan" not in chart and "inf" not in chart
    assert line_chart("t", [empty]) == ""
    constant = line_chart("t", [Line(label="x", x=np.array([3.0]), y=np.array([0.0]))])
    assert "nan" not in constant and "<polyline" in constant
