"""The command `kinetix`: output, files and errors."""

import dataclasses
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import equinox as eqx
import pytest
from PIL import Image

from jax2d import SceneBuilder
from kinetix_env import Role, empty_level
from kinetix_env.cli.main import main
from kinetix_env.level import SIZES
from kinetix_env.levels import NamedLevel, load, save
from kinetix_env.plugins import registry
from tests.kinetix_env.cli.signs import compiled_in_silence

pytestmark = pytest.mark.versions


@pytest.fixture
def level_file(tmp_path):
    """A level of size s: a green ball on a red floor."""
    builder = SceneBuilder(SIZES["s"])
    ball = builder.circle((2.5, 2.0), radius=0.25)
    scene, state = builder.build()
    level = empty_level(SIZES["s"])
    level = eqx.tree_at(
        lambda level: (level.scene, level.state, level.role),
        level,
        (scene, state, level.role.at[ball].set(Role.GREEN).at[0].set(Role.RED)),
    )
    path = tmp_path / "ball.json"
    save(path, NamedLevel(name="ball", level=level, description="Do nothing [bold]at all[/bold]."))
    return path


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Three random levels, as files and on a sheet."""
    folder = tmp_path_factory.mktemp("drawn")
    args = ["--count", "3", "--seed", "5", "--columns", "2", "--pixels", "100"]
    with compiled_in_silence() as names:
        assert main(["levels", "random", *args, "--sheet", f"{folder}/sheet.png", "--out", f"{folder}/levels"]) == 0
    assert names == []
    return folder


def lines(text):
    """The lines of a text, each with single spaces."""
    return [" ".join(line.split()) for line in text.splitlines()]


def refused(capsys, *args):
    """The one-line error of the command for these arguments."""
    assert main(args) == 2
    told = capsys.readouterr()
    assert told.err.startswith("kinetix: error: ") and told.err.count("\n") == 1, told.err
    return told.err.removeprefix("kinetix: error: ").rstrip("\n")


def test_help_lists_every_command_with_its_first_sentence(capsys):
    for args in ([], ["--help"], ["-h"]):
        assert main(args) == 0
        told = capsys.readouterr()
        for name in registry().commands:
            assert any(line.startswith(f"{name} ") and line.endswith(".") for line in lines(told.out))
        assert told.err == "" and "random:SIZE" in told.out


def test_help_of_a_group_lists_its_commands_only(capsys):
    assert main(["levels", "--help"]) == 0
    out = capsys.readouterr().out
    assert "levels show" in out and "bench env" not in out


FLAGS = {"from_run": "from"}  # where a flag is a word of Python's own


@pytest.mark.parametrize("name", sorted(registry().commands))
def test_help_of_a_command_has_its_docstring_and_explains_every_flag(name, capsys):
    assert main([*name.split(), "--help"]) == 0
    told = capsys.readouterr()
    cls = registry().commands[name]
    assert cls.__doc__.split("\n")[0].split(":")[0][:40] in told.out and told.err == ""
    for field in dataclasses.fields(cls):
        flag = f"--{FLAGS.get(field.name, field.name).replace('_', '-')}"
        assert flag in told.out or "positional arguments" in told.out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"kinetix {version('kinetix-env')}\n"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["levels", "shwo"], "No command called 'levels shwo'. Did you mean 'levels show'? Known: levels check, "),
        (["level"], "No command called 'level'. "),
        (["--verbose"], "kinetix has no flag '--verbose'; it has --help and --version."),
        (["levels", "--all"], "kinetix levels has no flag '--all'; it has --help."),
        (["plugins", "--all"], "Unrecognized options: --all. See kinetix plugins --help."),
        (
            ["levels", "random", "--sed", "1"],
            "Unrecognized options: --sed, 1. Did you mean --seed? See ",
        ),
        (["levels", "show"], "Missing from kinetix levels show: LEVEL a file, a folder, "),
        (["levels", "random", "--size", "xl"], "No size called 'xl'. Did you mean 'l'? Known: l, m, s."),
        (["levels", "random", "--count", "many", "--sheet", "a.png"], "Error parsing --count: "),
        (["levels", "random"], "Say what to do with the levels: --sheet FILE.png, --out FOLDER, or both."),
        (["levels", "random", "--count", "0", "--out", "x"], "--count must be an integer from 1 to 100000, got 0."),
        (["levels", "random", "--seed", "-1", "--out", "x"], "--seed must be an integer from 0 to 4294967295, got -1."),
        (["levels", "random", "--sheet", "a.gif"], "--sheet must be a file whose name ends in .png or .svg, got "),
        (
            ["levels", "random", "--generator", "randon", "--out", "x"],
            "No level generator called 'randon'. Did",
        ),
        (["levels", "show", "no-such-file.json"], "no-such-file.json: does not exist."),
        (["levels", "show", "random:xl"], "No size called 'xl'. Did you mean 'l'? Known: l, m, s."),
        (["levels", "show", "suite:test/s"], "No split called 'test'."),
        (["levels", "show", "random:s", "--out", "no/folder.png"], "--out: the folder 'no' does not exist."),
        (["levels", "check"], "Name the files or folders to check, or suite:SPLIT."),
        (["levels", "convert", "no-such-file.json", "x.json"], "no-such-file.json: does not exist."),
        (["bench", "env", "--envs", "0"], "--envs must be an integer from 1 to "),
        (
            ["bench", "env", "--envs", "3", "--observation", "entities"],
            "No observation called 'entities'. Did you mean",
        ),
    ],
)
def test_bad_input_is_one_line_on_stderr_with_exit_code_2(args, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refused(capsys, *args).startswith(told)
    assert list(tmp_path.iterdir()) == []


def test_plugins_lists_what_is_registered_and_by_whom(capsys):
    assert main(["plugins"]) == 0
    found = lines(capsys.readouterr().out)
    start = f"observation entity kinetix-env {version('kinetix-env')} "
    assert any(line.startswith(start) for line in found)


def test_list_without_a_level_prints_all_references(capsys):
    assert main(["levels", "list"]) == 0
    found = lines(capsys.readouterr().out)
    assert "random:s at most 1 polygon, 2 circles, 1 joint, 1 thruster" in found
    assert "suite:s 10 levels made by hand" in found


def test_list_and_show_print_the_contents_of_a_level(level_file, capsys, tmp_path):
    assert main(["levels", "list", str(tmp_path)]) == 0
    assert "ball 0 1 0 0 Do nothing [bold]at all[/bold]." in lines(capsys.readouterr().out)
    assert main(["levels", "show", str(level_file), "--out", str(tmp_path / "ball.png"), "--size", "200"]) == 0
    found = lines(capsys.readouterr().out)
    assert found[:2] == ["ball", "Do nothing [bold]at all[/bold]."]
    assert any(line.startswith("floor 4 corners red no") for line in found)
    assert any(line.endswith("circle green yes 2.50 2.00 0 radius 0.25") for line in found)
    with Image.open(tmp_path / "ball.png") as picture:
        assert (picture.format, picture.size) == ("PNG", (200, 200))


def test_random_levels_become_a_sheet_and_files(drawn):
    with Image.open(drawn / "sheet.png") as sheet:
        assert sheet.size == (212, 212)
    names = sorted(path.name for path in (drawn / "levels").iterdir())
    assert names == [f"random-s-5-{row}.json" for row in range(3)]
    assert load(drawn / "levels" / names[0]).capacity == SIZES["s"]


def test_show_random_draws_the_same_levels(drawn, capsys):
    assert main(["levels", "show", "random:s", "--count", "3", "--seed", "5"]) == 0
    shown = lines(capsys.readouterr().out)
    assert main(["levels", "list", str(drawn / "levels")]) == 0
    assert lines(capsys.readouterr().out) == shown


def test_check_reports_each_file_and_exits_with_2_if_one_is_bad(drawn, capsys, tmp_path):
    good = drawn / "levels"
    assert main(["levels", "check", str(good)]) == 0
    assert [line[:5] for line in capsys.readouterr().out.splitlines()] == ["ok   "] * 3
    text = (good / "random-s-5-0.json").read_text()
    (tmp_path / "cut.json").write_text(text[: len(text) // 2])
    (tmp_path / "nested").mkdir()
    (tmp_path / "nested" / "good.json").write_text(text)
    assert main(["levels", "check", str(tmp_path), str(tmp_path / "none.json")]) == 2
    told = capsys.readouterr()
    cut, nested, none = told.out.splitlines()
    assert cut.startswith(f"bad  {tmp_path / 'cut.json'}: ") and nested.startswith(f"ok   {tmp_path / 'nested'}")
    assert none == f"bad  {tmp_path / 'none.json'}: does not exist."
    assert told.err == "kinetix: error: 2 of 3 level files cannot be played.\n"


def test_convert_there_and_back_changes_nothing(drawn, capsys, tmp_path):
    first = drawn / "levels" / "random-s-5-1.json"
    published, back = tmp_path / "published", tmp_path / "back"
    assert main(["levels", "convert", str(drawn / "levels"), str(published), "--to", "published"]) == 0
    assert "env_state" in json.loads((published / first.name).read_text())
    assert main(["levels", "convert", str(published), str(back)]) == 0
    assert main(["levels", "check", str(back)]) == 0
    new, old = load(back / first.name).level, load(first).level
    assert bool(eqx.tree_equal(new.scene, old.scene, rtol=1e-6, atol=1e-6))
    capsys.readouterr()
    told = refused(capsys, "levels", "convert", str(first), str(back / first.name))
    assert told == f"{back / first.name}: exists already; add --overwrite to replace it."
    assert main(["levels", "convert", str(first), str(back / first.name), "--overwrite"]) == 0


def test_bench_prints_steps_per_second(capsys):
    args = ["--envs", "3", "--steps", "2", "--runs", "1", "--observation", "flat", "--seed", "5"]
    with compiled_in_silence() as names:
        assert main(["bench", "env", *args]) == 0
    assert names == []
    found = dict(line.rsplit(" ", 1) for line in lines(capsys.readouterr().out) if line.startswith("steps per second"))
    assert float(found["steps per second"].replace(",", "")) > 0


def test_a_closed_output_pipe_causes_no_traceback():
    code = "import sys; from kinetix_env.cli.main import main; sys.exit(main(['levels', 'list']))"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120)
    os.close(writing)
    assert "Traceback" not in done.stderr and done.returncode == 1


def test_the_readme_shows_commands_that_exist():
    readme = Path(__file__).parents[3] / "packages" / "kinetix-env" / "README.md"
    shown = [line.split("#")[0].split() for line in readme.read_text().splitlines() if line.startswith("kinetix ")]
    assert len(shown) >= 5
    for _, *words in shown:
        assert any(" ".join(words[:count]) in registry().commands for count in (1, 2)), words


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_names_that_the_output_cannot_encode_are_escaped(encoding, level_file):
    """As in a pipe on Windows: the command succeeds and prints the name with escapes."""
    named, odd = load(level_file), level_file.with_name("\u043f\u043b\u043e\u0442 \U0001f697.json")
    save(odd, NamedLevel(name="\u5c42", level=named.level, description="\u0444"))
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    program = "import sys; from kinetix_env.cli.main import main; sys.exit(main(sys.argv[1:]))"
    commands = {
        ("levels", "show", str(odd)): ("\\u5c42", "\\u0444"),
        ("levels", "check", str(odd)): ("\\u043f\\u043b\\u043e\\u0442 \\U0001f697.json",),
        ("levels", "show", f"{odd}.none"): ("error: ", "\\u043f"),
    }
    for args, expected in commands.items():
        done = subprocess.run([sys.executable, "-c", program, *args], env=env, capture_output=True, check=False)
        printed = done.stdout.decode(encoding) + done.stderr.decode(encoding)
        assert done.returncode == (2 if args[2] != str(odd) else 0) and "Traceback" not in printed, printed
        assert all(part in printed for part in expected), printed
