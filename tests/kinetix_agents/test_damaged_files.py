"""Damaged files of a run, and files edited by other programs: readable parts are used, with a warning about the rest.

Each mutation of a file of metrics can be continued; each mutation of a configuration is read, or refused by an error of
ours; a mutated checkpoint is read as it was written or skipped."""

import csv
import json
import random
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from kinetix_agents.metrics.sinks import CsvFile, JsonLines
from kinetix_agents.plots import read_metrics
from kinetix_agents.training.build import build_env
from kinetix_agents.training.checkpoints import Checkpoints
from kinetix_agents.training.config import RunConfig, read_config, write_config
from kinetix_agents.training.facts import read_facts
from kinetix_env.errors import KinetixError

SINKS = {"jsonl": JsonLines(), "csv": CsvFile()}
ROWS = [(32 * number, {"solve_rate": number / 8, "entropy": 1.5, "seconds": 0.1 * number}) for number in range(1, 5)]
HOSTILE = (b"", b"\0", b"\xff", b"\n", b",", b";", b'"', b"{", b"}", b"[" * 9999, b"-1", b"1e999", b"null", b"NaN")

NUMBERS = (0, -1, 2**31, 2**63, 10**400, 0.5, float("nan"))


def written(name: str, folder: Path) -> bytes:
    sink = SINKS[name].build(folder)
    for step, metrics in ROWS:
        sink.write(step, metrics)
    sink.close()
    return (folder / f"metrics.{name}").read_bytes()


def spreadsheet(content: bytes) -> bytes:
    rows = list(csv.reader(content.decode().splitlines()))
    lines = [";".join(f'"{cell.replace(".", ",")}"' for cell in row) for row in rows]
    return "\r\n".join(["sep=;", *lines]).encode()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "blank lines": lambda content: content.replace(b"\n", b"\n\n"),
    "NUL bytes": lambda content: content + b"\0" * 512 + b"\n",
    "a byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "line ends": lambda content: content.replace(b"\n", b"\r\n"),
    "old line ends": lambda content: content.replace(b"\n", b"\r"),
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "a broken line": lambda content: content + b"rubbish\n",
    "a line of bytes": lambda content: content + b"\xff\xfe\n",
    "semicolons and commas": spreadsheet,
    "tabs": lambda content: content.replace(b",", b"\t"),
}


TABLE_ONLY = ("semicolons and commas", "tabs")  # JSON lines are not opened as a table
DAMAGED = [(name, damage) for name in SINKS for damage in DAMAGE if name == "csv" or damage not in TABLE_ONLY]


@pytest.mark.parametrize(("name", "damage"), DAMAGED)
def test_a_damaged_file_of_metrics_is_set_aside_and_continued(name: str, damage: str, tmp_path: Path) -> None:
    path, content = tmp_path / f"metrics.{name}", written(name, tmp_path)
    whole = read_metrics(path)
    assert [row["step"] for row in whole] == [32, 64, 96, 128]
    bad = DAMAGE[damage](content)
    path.write_bytes(bad)
    with pytest.warns(UserWarning, match=rf"metrics\.{name}: is not as it was written"):
        assert read_metrics(path) == whole
    with pytest.warns(UserWarning, match=rf"as it was it is now metrics\.{name}\.bad-1"):
        sink = SINKS[name].build(tmp_path)
    sink.rewind(64)
    sink.write(96, {"solve_rate": 1.0})
    sink.close()
    assert (tmp_path / f"metrics.{name}.bad-1").read_bytes() == bad
    assert [row["step"] for row in read_metrics(path)] == [32, 64, 96] and read_metrics(path)[:2] == whole[:2]


@pytest.mark.parametrize("name", SINKS)
def test_an_unreadable_metrics_file_is_started_afresh(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"metrics.{name}"
    for number, content in enumerate((b"rubbish\n", b"\0" * 100, b"a,b\n1,2\n"), start=1):
        path.write_bytes(content)
        with pytest.warns(UserWarning, match=f"bad-{number}"):
            written(name, tmp_path)
        assert len(read_metrics(path)) == len(ROWS)
        path.unlink()


def mutated(content: bytes, draw: random.Random) -> bytes:
    """Some bytes replaced, repeated, removed, moved or inserted."""
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(content) + 1)
        end = min(len(content), at + draw.choice((0, 1, 2, 8, 40)))
        new = draw.choice((draw.randbytes(1), draw.choice(HOSTILE), content[at:end] * 2, content[end : 2 * end - at]))
        content = content[:at] + new + content[end:]
    return content


def metrics_survive(count: int, folder: Path) -> None:
    draw = random.Random(0)
    for name, config in SINKS.items():
        content, path = written(name, folder), folder / f"metrics.{name}"
        for _ in range(count):
            path.write_bytes(mutated(content, draw))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                read_metrics(path)
                sink = config.build(folder)
                sink.rewind(96)
                sink.write(128, ROWS[-1][1])
                sink.close()
            rows = read_metrics(path)  # without a warning
            assert all(isinstance(row["step"], int) for row in rows) and rows[-1]["solve_rate"] == 0.5
            for kept in folder.glob("*.bad-*"):
                kept.unlink()


def replaced(value: Any, draw: random.Random) -> Any:
    """A JSON value with one value in it replaced."""
    other = draw.choice((*NUMBERS, None, True, "", "\0", "x", [], [1], {}, {"a": 1}))
    if isinstance(value, dict) and value and draw.random() < 0.8:
        key = draw.choice(list(value))
        return {**value, key: replaced(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.5:
        return [replaced(value[0], draw), *value[1:]]
    return other


def configs_are_read_or_refused(count: int, folder: Path) -> None:
    draw, path = random.Random(1), folder / "config.json"
    facts = {"id": "a", "levels": [{"reference": "l", "files": [{"path": "p", "copy": "c", "sha256": "s"}]}]}
    write_config(path, RunConfig(), facts)
    content = path.read_bytes()
    document = json.loads(content)
    read = 0
    for number in range(count):
        path.write_bytes(mutated(content, draw) if number % 2 else json.dumps(replaced(document, draw)).encode())
        try:
            config = read_config(path)
            read_facts(path)
            build_env(config)
            read += 1
        except KinetixError as error:
            assert str(error)
    assert 0 < read < count


def test_mutated_files_of_a_run_load_or_are_refused(tmp_path: Path) -> None:
    metrics_survive(100, tmp_path)
    configs_are_read_or_refused(200, tmp_path)


@pytest.mark.soak
def test_very_many_mutated_files_of_a_run_load_or_are_refused(tmp_path: Path) -> None:
    metrics_survive(5_000, tmp_path)
    configs_are_read_or_refused(10_000, tmp_path)


def checkpoints_are_read_or_skipped(count: int, folder: Path) -> None:
    draw, params = random.Random(2), {"weight": np.arange(6, dtype=np.float32)}
    like = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype), params)
    whole = Checkpoints(folder / "whole")
    whole.save_params(params)
    whole.close()
    files = sorted(path.relative_to(folder / "whole") for path in (folder / "whole").rglob("*") if path.is_file())
    for number in range(count):
        copy = folder / f"copy{number}"
        shutil.copytree(folder / "whole", copy)
        path = copy / draw.choice(files)
        path.write_bytes(mutated(path.read_bytes(), draw))
        if draw.random() < 0.5:
            (copy / "0" / "checksums.json").unlink(missing_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            checkpoints = Checkpoints(copy)
            try:
                assert checkpoints.restore_params(like)[1]["weight"].shape == (6,)
            except KinetixError as error:
                assert "cannot be read" in str(error)
            finally:
                checkpoints.close()
        shutil.rmtree(copy)


def test_mutated_checkpoints_are_read_or_skipped(tmp_path: Path) -> None:
    checkpoints_are_read_or_skipped(10, tmp_path)


@pytest.mark.soak
def test_many_mutated_checkpoints_are_read_or_skipped(tmp_path: Path) -> None:
    checkpoints_are_read_or_skipped(500, tmp_path)
