"""`kinetix report`: a trained run from end to end, and errors."""

import base64
import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from PIL import Image

from kinetix_agents.agent import first_params
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.report.folder import open_run
from kinetix_agents.training import RunConfig, train
from kinetix_agents.training.build import build_ppo
from kinetix_agents.training.loop import run_keys
from kinetix_env.cli.main import main
from kinetix_env.sources import ListCurriculum
from tests.kinetix_agents.report.runs import Page, make_run
from tests.kinetix_env.cli.signs import compiled_in_silence

CONFIG = RunConfig(
    curriculum=ListCurriculum(levels=("suite:s",)),
    policy=SetMLP(width=8),
    ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2),
    steps=2 * 32,
    seed=5,
)


def refused(capsys: Any, *args: str) -> str:
    """The one-line error of `kinetix report` for these arguments."""
    assert main(["report", *args]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("kinetix: error: ") and told.err.count("\n") == 1, told.err
    return str(told.err.removeprefix("kinetix: error: ").rstrip("\n"))


@pytest.mark.slow
def test_a_report_of_a_run(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    """The untrained and the trained agent are evaluated; a second report reads their results."""
    monkeypatch.chdir(tmp_path)
    train(CONFIG, Path("run"))
    with compiled_in_silence() as names:
        assert main(["report", "run", "--attempts", "2", "--clips", "2"]) == 0
    assert names == []
    assert capsys.readouterr().out == "Wrote run/report.html.\n"
    page = Page(Path("run/report.html"))
    with Path("run/eval.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    agents = ["random play", "before", "after"]
    assert [row["agent"] for row in rows] == [agent for agent in agents for _ in range(10)]
    for random, before, after in zip(rows[:10], rows[10:20], rows[20:], strict=True):
        cells = [f"{int(row['solved']) / 2:.3f} ({row['solved']} of 2)" for row in (random, before, after)]
        assert page.row(before["level"])[1:] == [before["level"], *cells]
    films = [source for source in page.images if source.startswith("data:image/gif")]
    assert len(films) == 2 and page.references == page.images
    for film in films:
        with Image.open(io.BytesIO(base64.b64decode(film.partition(",")[2]))) as picture:
            assert picture.n_frames > 5 and picture.width == 2 * picture.height  # two levels in a row
    for label in ("before", "after"):
        assert len(re.findall(rf"{label}: (?:solved|failed|timed out) after \d+\.\d s", page.text)) == 2
    assert "What colours and marks mean" in page.text
    assert page.row("machine")[1].endswith(f" x {jax.devices()[0].device_kind}") and page.row("started")
    table = Path("run/eval.csv").read_bytes()
    assert main(["report", "run", "--clips", "0", "--out", "page.html"]) == 0
    assert Path("run/eval.csv").read_bytes() == table
    assert [row for row in Page(Path("page.html")).rows if "before" in row] == [
        row for row in page.rows if "before" in row
    ]
    Path("run/metrics.jsonl").unlink()  # the other sink's file will do
    assert [row["step"] for row in open_run(Path("run")).metrics] == [32, 64]


@pytest.mark.slow
def test_first_params_are_the_initial_parameters_of_the_run() -> None:
    began = build_ppo(CONFIG).init(run_keys(CONFIG.seed)[0]).params
    for ours, theirs in zip(jax.tree.leaves(first_params(CONFIG)), jax.tree.leaves(began), strict=True):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_reports_of_several_runs(tmp_path: Path, capsys: Any) -> None:
    runs = [str(make_run(tmp_path / str(seed), RunConfig(seed=seed))) for seed in range(2)]
    assert main(["report", *runs]) == 0
    assert capsys.readouterr().out == f"Wrote {tmp_path / 'comparison.html'}.\n"
    assert main(["report", *runs, "--out", str(tmp_path / "here.html")]) == 0
    assert (tmp_path / "here.html").read_bytes() == (tmp_path / "comparison.html").read_bytes()


def test_invalid_runs_and_flags_are_refused(tmp_path: Path, capsys: Any) -> None:
    run = make_run(tmp_path / "run")
    assert refused(capsys) == "kinetix report needs the folder of one or more runs, got none."
    assert "is not the folder of a run: there is no config.json in it." in refused(capsys, str(tmp_path / "none"))
    assert "is given twice" in refused(capsys, str(run), f"{run}/../run")
    assert "the same seed, 0" in refused(capsys, str(run), shutil.copytree(run, tmp_path / "copy").as_posix())
    assert "whose name ends in .html or .htm, got 'a.pdf'." in refused(capsys, str(run), "--out", "a.pdf")
    assert "--out: the folder 'none' does not exist." in refused(capsys, str(run), "--out", "none/a.html")
    assert "--attempts must be an integer from 1 to" in refused(capsys, str(run), "--attempts", "0")
    assert "--clips must be an integer from 0 to" in refused(capsys, str(run), "--clips", "-1")
    assert "config.json: must be an object with" in refused(capsys, str(_published_agent()))
    assert not list(tmp_path.rglob("*.html"))


def _published_agent() -> Path:
    return Path(__file__).parents[1] / "published" / "agent"


def test_runs_without_metrics_are_refused(tmp_path: Path, capsys: Any) -> None:
    run = make_run(tmp_path / "run")
    (run / "metrics.jsonl").write_text("")
    assert "run: the run is still at step 0" in refused(capsys, str(run))
    (run / "metrics.jsonl").write_text(json.dumps({"step": 0, "solve_rate": 0.0}) + "\n")
    assert "run: the run is still at step 0" in refused(capsys, str(run))
    (run / "metrics.jsonl").unlink()
    assert "run: has no metrics yet: there is neither metrics.jsonl nor metrics.csv" in refused(capsys, str(run))
    (run / "metrics.csv").write_text("step,solve_rate\nx,0.5\n")
    assert main(["report", str(run)]) == 2
    warning, error = capsys.readouterr().err.splitlines()
    assert warning.startswith("kinetix: warning: ") and "line 2 is no row of numbers: 'x,0" in warning
    assert error.startswith("kinetix: error: ") and "run: the run is still at step 0" in error


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("agent,level\n", "must have the columns of `kinetix eval --out`, lacks set, attempts,"),
        ("{columns}\n", "must have at least one row, got none."),
        ("{columns}\na,suite:s,hover,many,0,0,0,0,0,0\n", "line 2: attempts, solved and failed must be integers."),
        ("{columns}\na,suite:s,hover,4,5,0,0,0,0,0\n", "line 2: solved must lie between 0 and attempts"),
    ],
)
def test_an_invalid_evaluation_file_is_refused(content: str, told: str, tmp_path: Path, capsys: Any) -> None:
    run = make_run(tmp_path / "run")
    columns = "agent,set,level,attempts,solved,failed,out_of_time,solve_rate,mean_length,mean_return"
    (run / "eval.csv").write_text(content.format(columns=columns))
    line = refused(capsys, str(run))
    assert told in line and "eval.csv" in line


def test_files_saved_by_a_spreadsheet_are_read(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", scores=[("after", "suite:s", "hover", 4, 2)])
    (run / "metrics.jsonl").unlink()
    (run / "metrics.csv").write_bytes("\ufeffstep;solve_rate\r\n32;0,25\r\n64;\r\n".encode())
    (run / "eval.csv").write_bytes(("\ufeff" + (run / "eval.csv").read_text().replace(",", ";")).encode())
    with pytest.warns(UserWarning, match="its fields are separated by ';'"):
        found = open_run(run)
    assert found.metrics == [{"step": 32, "solve_rate": 0.25}, {"step": 64, "solve_rate": None}]
    assert [(score.level, score.solve_rate) for score in found.scores] == [("hover", 0.5)]


def test_a_truncated_last_line_is_ignored(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", updates=3)
    with (run / "metrics.jsonl").open("a") as file:
        file.write('{"step": 99, "solve')
    assert open_run(run).steps == 96
