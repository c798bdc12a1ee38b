"""Levels have the same names everywhere: one parser, and every command that takes levels takes all of them."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinetix_env import ConfigError, KinetixError, LevelError, UnknownNameError
from kinetix_env.cli.main import main
from kinetix_env.level import SIZES
from kinetix_env.level.layout import from_level
from kinetix_env.levels import load, resolve, save
from kinetix_env.sources import LevelReference, ListCurriculum, find_levels, source_of, suite

HELD_OUT = "held-out:s/held-out-s-017"
NAMES = {"suite:s/hover": "hover", HELD_OUT: "held-out-s-017", "random:s": "random-s-0-0", "lift.json": "hover"}

# What a command is called with after the reference. `levels solve` and `eval` play long, and only refuse here.
COMMANDS = {
    "levels list": (),
    "levels show": (),
    "levels check": (),
    "levels convert": ("written.json",),
    "levels gallery": ("--out", "page.html", "--no-clips"),
    "render": ("--size", "40"),
}
REFUSING = {**COMMANDS, "levels solve": ()}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with one level file."""
    monkeypatch.chdir(tmp_path)
    (hover,) = find_levels("suite:s/hover")
    save("lift.json", hover)
    return tmp_path


def same(one, other) -> bool:
    arrays = from_level(one.level)
    return all(np.array_equal(array, arrays[path]) for path, array in from_level(other.level).items())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("suite:all", ("suite", "all", None)),
        ("suite:s/hover", ("suite", "s", "hover")),
        ("held-out:m", ("held-out", "m", None)),
        (HELD_OUT, ("held-out", "s", "held-out-s-017")),
        ("random:l", ("generator", "l", None)),
        ("locomotion:s", ("generator", "s", None)),
        ("random", ("generator", "", None)),
        ("levels/a.json", ("path", "", None)),
        ("./suite:s", ("path", "", None)),
        ("suite", ("path", "", None)),
    ],
)
def test_references_are_parsed_into_their_parts(text, parts) -> None:
    reference = LevelReference.parse(text)
    assert (reference.kind, reference.group, reference.name) == parts and reference.text == text


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("reference", ["suite:s/hover", HELD_OUT, "lift.json"])
def test_every_command_takes_every_reference(command, reference, folder, capsys) -> None:
    assert main([*command.split(), reference, *COMMANDS[command]]) == 0, capsys.readouterr().err
    if command == "levels convert":
        assert load("written.json").name == NAMES[reference]
    elif command not in ("levels gallery", "levels check"):
        assert NAMES[reference] in capsys.readouterr().out


@pytest.mark.parametrize("command", REFUSING)
def test_every_command_suggests_the_nearest_reference(command, folder, capsys) -> None:
    for wrong, near in (("sute:s/hover", "suite:s/hover"), ("suite:s/hovr", "hover"), ("held-ot:s", "held-out:s")):
        assert main([*command.split(), wrong, *REFUSING[command]]) == 2
        assert f"Did you mean '{near}'?" in capsys.readouterr().err
    assert {path.name for path in folder.iterdir()} == {"lift.json"}


def test_random_levels_are_checked_and_written(folder, capsys) -> None:
    drawn = ["random:s", "--count", "2", "--seed", "3"]
    assert main(["levels", "convert", drawn[0], "out", *drawn[1:]]) == 0
    assert main(["levels", "check", *drawn]) == 0
    names = [path.stem for path in sorted((folder / "out").iterdir())]
    assert names == ["random-s-3-0", "random-s-3-1"]
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split(":")[0] for line in lines] == [f"ok   {name}" for name in names]
    written = [load(folder / "out" / f"{name}.json") for name in names]
    assert all(map(same, written, find_levels("random:s", count=2, seed=3)))


def test_the_count_of_held_out_levels_is_obeyed_and_a_level_is_the_same_however_it_is_named() -> None:
    some, (one,), every = find_levels("held-out:s", count=18), find_levels(HELD_OUT), find_levels("held-out:s")
    assert len(some) == 18 and len(every) == 512
    assert some[-1].name == every[17].name == one.name == "held-out-s-017"
    assert same(some[-1], one) and same(every[17], one)
    with pytest.raises(ConfigError, match="count must be an integer from 1 to 100000, got 0"):
        find_levels("held-out:s", count=0)


def test_environments_and_curricula_take_every_reference(folder) -> None:
    references = ["suite:s/hover", HELD_OUT, "random:s", "lift.json"]
    found = [find_levels(reference)[0] for reference in references]
    assert [named.name for named in found] == [NAMES[reference] for reference in references]
    listed = ListCurriculum(levels=tuple(references)).load(SIZES["s"])
    pool = source_of(references, SIZES["s"])
    for row, named in enumerate(found):
        for path, array in from_level(named.level).items():
            np.testing.assert_array_equal(from_level(listed)[path][row], array, err_msg=path)
            np.testing.assert_array_equal(from_level(pool[row])[path], array, err_msg=path)


@pytest.mark.parametrize(
    ("reference", "error", "message"),
    [
        ("random", ConfigError, "The generator 'random' draws levels of a size: name random:s or random:m"),
        ("random:xl", UnknownNameError, "No size called 'xl'. Did you mean 'l'?"),
        ("held-out:s/hover", UnknownNameError, "Known: held-out-s-000 to held-out-s-511."),
        ("held-out:m/held-out-s-017", UnknownNameError, "Did you mean 'held-out-m-017'?"),
        ("hovr.json", LevelError, "hovr.json: does not exist."),
        ("lift", UnknownNameError, "Levels are named suite:SPLIT, "),
    ],
)
def test_references_without_levels_are_refused(reference, error, message, folder) -> None:
    with pytest.raises(error, match=re.escape(message)):
        find_levels(reference)


def test_only_stored_levels_have_files(folder) -> None:
    assert [path.stem for path in LevelReference.parse("suite:s").files()] == [named.name for named in suite("s")]
    assert [path.name for path in LevelReference.parse(".").files()] == ["lift.json"]
    for drawn in (HELD_OUT, "random:s"):
        with pytest.raises(KinetixError, match="have no files"):
            LevelReference.parse(drawn).files()


def test_a_folder_reference_names_all_its_levels(tmp_path: Path) -> None:
    (named,) = find_levels("suite:s/hover")
    save(tmp_path / "a.json", replace(named, name="small letters"))
    save(tmp_path / "B.JSON", replace(named, name="capitals"))
    (tmp_path / "folder.json").mkdir()
    assert [level.name for level in find_levels(tmp_path)] == ["capitals", "small letters"]
    assert len(LevelReference.parse(tmp_path).files()) == 2
    (tmp_path / "link.json").symlink_to(tmp_path / "gone")
    for find in (find_levels, resolve):
        with pytest.raises(LevelError, match=r"link\.json: does not exist"):
            find(tmp_path)
    assert main(["levels", "check", str(tmp_path)]) == 2


def test_a_level_beyond_the_capacity_is_named() -> None:
    with pytest.raises(LevelError, match="lander is too large for this environment"):
        ListCurriculum(levels=("suite:s", "suite:m/lander")).load(SIZES["s"])


def test_a_count_beyond_the_held_out_set_is_refused() -> None:
    with pytest.raises(ConfigError, match="held-out:s has 512 levels, and --count is 513; random:s has any number"):
        find_levels("held-out:s", count=513)
