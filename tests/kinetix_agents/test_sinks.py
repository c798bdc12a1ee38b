"""Metric files are written line by line, and a resumed run continues them at its step."""

import csv
import json

import pytest

from kinetix_agents.metrics.sinks import CsvFile, JsonLines

pytestmark = pytest.mark.versions

CONFIGS = {"jsonl": JsonLines(), "csv": CsvFile()}


def rows(folder, name):
    """What a file holds, as numbers by name; what is empty is left out."""
    path = folder / f"metrics.{name}"
    if name == "jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    with path.open(newline="") as file:
        return [{key: float(value) for key, value in row.items() if value != ""} for row in csv.DictReader(file)]


@pytest.fixture(params=CONFIGS)
def name(request):
    return request.param


def test_metrics_are_flushed_before_close(name, tmp_path):
    sink = CONFIGS[name].build(tmp_path / "run" / "of-today")  # folders that do not exist yet
    sink.write(128, {"loss": 0.5, "solved": 1})
    assert rows(tmp_path / "run" / "of-today", name) == [{"step": 128, "loss": 0.5, "solved": 1}]
    sink.close()


def test_metrics_may_be_added_or_missing_at_any_step(name, tmp_path):
    sink = CONFIGS[name].build(tmp_path)
    sink.write(1, {"loss": 0.5})
    sink.write(2, {"solved, in %": 3.0, "loss": 0.25})
    sink.write(3, {"solved, in %": 4.0})
    sink.close()
    assert rows(tmp_path, name) == [
        {"step": 1, "loss": 0.5},
        {"step": 2, "loss": 0.25, "solved, in %": 3.0},
        {"step": 3, "solved, in %": 4.0},
    ]


def test_a_file_is_appended_to_after_dropping_a_truncated_line(name, tmp_path):
    sink = CONFIGS[name].build(tmp_path)
    sink.write(1, {"loss": 0.5})
    sink.close()
    with (tmp_path / f"metrics.{name}").open("a") as file:
        file.write('{"step": 2, "lo' if name == "jsonl" else "2,0.2")
    sink = CONFIGS[name].build(tmp_path)
    sink.write(2, {"loss": 0.25})
    sink.close()
    assert rows(tmp_path, name) == [{"step": 1, "loss": 0.5}, {"step": 2, "loss": 0.25}]


def test_a_metric_named_step_does_not_replace_the_step(name, tmp_path):
    sink = CONFIGS[name].build(tmp_path)
    sink.write(5, {"step": 99.0})
    sink.close()
    assert rows(tmp_path, name) == [{"step": 5}]


def test_json_lines_stay_valid_with_non_finite_metrics(tmp_path):
    sink = JsonLines().build(tmp_path)
    sink.write(1, {"loss": float("nan"), "best": float("inf")})
    sink.close()
    text = (tmp_path / "metrics.jsonl").read_text()
    assert json.loads(text, parse_constant=pytest.fail) == {"step": 1, "loss": None, "best": None}


def test_writing_after_close_is_refused(name, tmp_path):
    sink = CONFIGS[name].build(tmp_path)
    sink.close()
    with pytest.raises(ValueError, match="closed"):
        sink.write(1, {"loss": 0.5} if name == "jsonl" else {})


def test_rewind_drops_metrics_after_the_resumed_step(name, tmp_path):
    sink = CONFIGS[name].build(tmp_path)
    for step in (10, 20, 30):
        sink.write(step, {"loss": step / 10})
    sink.rewind(20)
    assert [row["step"] for row in rows(tmp_path, name)] == [10, 20]
    sink.write(30, {"loss": 7.0, "late": 1.0})  # with a column that was not there before
    sink.close()
    assert rows(tmp_path, name)[1:] == [{"step": 20, "loss": 2.0}, {"step": 30, "loss": 7.0, "late": 1.0}]
    sink = CONFIGS[name].build(tmp_path)
    sink.rewind(0)
    sink.close()
    assert rows(tmp_path, name) == []
