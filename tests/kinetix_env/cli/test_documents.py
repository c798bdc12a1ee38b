"""`--json`: one document on stdout, whatever else a command says; the same facts as its tables."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from kinetix_env.cli.documents import documents_only, print_json
from kinetix_env.cli.main import main
from kinetix_env.plugins import registry

LEVEL = "suite:s/hover"


def document(capsys, *args, code=0):
    """What a command prints with --json, and its other output."""
    assert main([*args, "--json"]) == code
    printed = capsys.readouterr()
    return json.loads(printed.out), printed.err


def test_levels_are_listed_by_column(capsys):
    rows, other = document(capsys, "levels", "list", "suite:s")
    assert len(rows) == 10 and not other
    assert set(rows[0]) == {"level", "polygons", "circles", "joints", "thrusters", "description"}
    references, _ = document(capsys, "levels", "list")
    assert {"levels": "suite:s", "contents": "10 levels made by hand"} in references


def test_a_level_is_shown_with_its_bodies_joints_and_thrusters(capsys, tmp_path):
    (level,), other = document(capsys, "levels", "show", LEVEL, "--out", str(tmp_path / "hover.png"))
    assert level["level"] == "hover" and level["thrusters"] and level["gravity"][0] == 0
    assert {body["role"] for body in level["bodies"]} >= {"green", "blue", "red"}
    assert "Wrote" in other and (tmp_path / "hover.png").is_file()


def test_a_check_says_what_is_wrong_with_each_level_and_fails_all_the_same(capsys, tmp_path):
    (tmp_path / "bad.json").write_text("{}")
    path = Path(__file__).parents[3] / "packages/kinetix-env/src/kinetix_env/sources/suites/s/hover.json"
    level = json.loads(path.read_text(encoding="utf-8"))
    del level["solution"]  # it need not be played
    (tmp_path / "good.json").write_text(json.dumps(level))
    (bad, good), other = document(capsys, "levels", "check", str(tmp_path), code=2)
    assert not bad["ok"] and "bad.json" in bad["reason"]
    assert good["ok"] and good["reason"] is None and good["thrusters"] == 1 and good["solved_in"] is None
    assert "1 of 2" in other


def test_plugins_are_listed_by_kind_and_name(capsys):
    found, _ = document(capsys, "plugins")
    kinds = {(one["kind"], one["name"]) for one in found["registered"]}
    assert ("command", "plugins") in kinds and len(kinds) == len(found["registered"])
    assert found["failed"] == list(map(str, registry().failures))


def test_documents_hold_plain_numbers_and_nothing_that_json_lacks(capsys):
    print_json({"a": np.float32(0.5), "b": (math.nan, math.inf, np.int64(3)), "c": Path("x"), "d": None})
    assert json.loads(capsys.readouterr().out) == {"a": 0.5, "b": [None, None, 3], "c": "x", "d": None}


def test_other_output_goes_to_stderr(capsys):
    with documents_only():
        print("said")
        print_json([1])
    printed = capsys.readouterr()
    assert printed.out.strip() == "[\n 1\n]" and printed.err == "said\n"


@pytest.mark.parametrize("name", [name for name, cls in registry().commands.items() if hasattr(cls, "json")])
def test_the_flag_is_in_the_help(name, capsys):
    assert main([*name.split(), "--help"]) == 0
    assert "--json" in capsys.readouterr().out


def test_an_evaluation_has_a_row_per_set_and_per_level(capsys, tmp_path):
    pytest.importorskip("kinetix_agents")
    table = tmp_path / "eval.csv"
    found, _ = document(capsys, "eval", "policy:no-op", LEVEL, "--attempts", "2", "--out", str(table))
    with table.open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    (level,), (one,) = found["levels"], found["sets"]
    assert {name: str(value) for name, value in level.items()} == row
    assert one["solve_rate"] == level["solve_rate"] and one["error"] is None
