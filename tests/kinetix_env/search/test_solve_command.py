"""`kinetix levels solve`, and the replay of solutions in `kinetix levels check`."""

import json

import pytest

from kinetix_env.cli.main import main
from kinetix_env.levels import NamedLevel, load, save
from tests.kinetix_env.search.worlds import rocket


def keep(folder, name: str, **kwargs):
    """Save a level in a file."""
    path = folder / f"{name}.json"
    save(path, NamedLevel(name=name, level=rocket(**kwargs)))
    return path


def rows(text: str) -> dict[str, list[str]]:
    """The cells of a printed table by their first one."""
    return {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}


def test_a_solution_is_written_and_checked(tmp_path, capsys) -> None:
    path, out = keep(tmp_path, "rocket"), tmp_path / "solved.json"
    assert main(["levels", "solve", str(path), "--budget", "60", "--out", str(out)]) == 0
    told = capsys.readouterr()
    row = rows(told.out)["rocket"]
    assert row[0] == "yes" and int(row[1]) > 0 and float(row[2]) > 0.9 and told.err == ""
    assert f"Wrote {out}." in told.out
    assert main(["levels", "check", str(out)]) == 0
    assert capsys.readouterr().out.rstrip().endswith(f"; solved in {row[1]} steps")
    named = load(out)
    assert named.solution is not None and len(named.solution) >= int(row[1])
    document = json.loads(out.read_text())
    document["solution"] = [[[0, 0, 0, 0, 0, 0], 20]]
    (tmp_path / "idle.json").write_text(json.dumps(document))
    assert main(["levels", "check", str(out), str(tmp_path / "idle.json")]) == 2
    told = capsys.readouterr()
    bad = [line for line in told.out.splitlines() if line.startswith("bad  ")]
    told_why = "solution does not solve the level: green came no closer to blue than 2.00 m."
    assert bad == [f"bad  {tmp_path / 'idle.json'}: {told_why}"]
    assert told.err == "kinetix: error: 1 of 2 level files have a solution that does not solve them.\n"


def test_several_levels_give_a_table_a_folder_and_a_note_on_unsolved_ones(tmp_path, capsys) -> None:
    keep(tmp_path, "easy")
    keep(tmp_path, "walled", wall=True)
    keep(tmp_path, "idle", thruster=False)
    out = tmp_path / "out"
    assert main(["levels", "solve", str(tmp_path), "--budget", "3", "--out", str(out)]) == 1
    told = capsys.readouterr().out
    said = {name: cells[0] for name, cells in rows(told).items()}
    assert (said["easy"], said["walled"]) == ("yes", "no")
    assert [path.name for path in out.iterdir()] == ["easy.json"]
    assert "No solution found for 1 of 3 levels. This is no proof that there is none: " in told
    assert "idle cannot be solved: nothing in it obeys an action, and doing nothing does not solve it." in told


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([], "Name the levels to solve."),
        (["suite:s/bell", "--budget", "0"], "--budget must be a positive number of seconds, got 0."),
        (["suite:s/bell", "--budget", "nan"], "--budget must be a positive number of seconds, got nan."),
        (["suite:s/bell", "--seed", "-1"], "--seed must be an integer from 0 to 4294967295, got -1."),
        (["suite:s/bel"], "No level of suite:s called 'bel'. Did you mean 'bell'?"),
        (["suite:s/bell", "--out", "solved.txt"], "--out must be a file whose name ends in .json, got 'solved.txt'."),
        (["suite:s/bell", "--out", "no/solved.json"], "--out: the folder 'no' does not exist."),
        (
            ["suite:s/bell", "suite:s/bell", "--out", "x"],
            "--out: two of the 2 levels have the same name, and so the same",
        ),
        (["red.json"], "red: A level to solve must have a green and a blue shape, got no green one."),
    ],
)
def test_bad_input_ends_in_one_line_and_exit_code_2(args, told, capsys, tmp_path, monkeypatch) -> None:
    from kinetix_env import Role

    monkeypatch.chdir(tmp_path)
    keep(tmp_path, "red", role=Role.RED)
    assert main(["levels", "solve", *args]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"kinetix: error: {told}") and said.err.count("\n") == 1 and said.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["red.json"]
