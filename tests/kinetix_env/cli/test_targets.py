"""A file or folder that cannot be written is refused at once, and an empty path by every command."""

from pathlib import Path
from typing import Any

import pytest

from kinetix_env.cli.main import main
from kinetix_env.cli.targets import check_file, check_folder
from kinetix_env.errors import ConfigError

WRITERS = [
    (["eval", "policy:uniform", "suite:s", "--attempts", "1000000", "--out"], "x.csv"),
    (["eval", "policy:uniform", "suite:s", "--attempts", "1000000", "--plot"], "x.png"),
    (["report", "run", "--out"], "x.html"),
    (["render", "suite:s", "--out"], "x.gif"),
    (["levels", "show", "suite:s/hover", "--out"], "x.svg"),
    (["levels", "gallery", "suite:s", "--out"], "x.html"),
    (["levels", "random", "--sheet"], "x.png"),
    (["levels", "solve", "suite:s/hover", "--out"], "x.json"),
    (["levels", "convert", "--overwrite", "suite:s/hover"], "x.json"),
]
FOLDERS = [
    ["train", "--out"],
    ["finetune", "--levels", "suite:s", "--out"],
    ["levels", "random", "--out"],
    ["levels", "solve", "suite:s", "--out"],
    ["levels", "convert", "suite:s"],
]
EMPTY = [*(args for args, _ in WRITERS), *FOLDERS, ["quickstart", "--out"], ["train", "--resume", "--out"]]


def told(capsys: Any, *args: str) -> str:
    assert main(args) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(("args", "name"), WRITERS)
def test_a_file_that_cannot_be_written_is_refused_at_once(
    args: list[str], name: str, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).mkdir()
    assert "cannot be written (Is a directory)." in told(capsys, *args, name)
    assert [path.name for path in tmp_path.rglob("*")] == [name]


@pytest.mark.parametrize("args", FOLDERS)
def test_a_folder_that_cannot_be_made_is_refused_at_once(
    args: list[str], tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    assert "file' is a file." in told(capsys, *args, "file/run")
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


@pytest.mark.parametrize("args", EMPTY)
def test_an_empty_path_is_not_the_current_folder(
    args: list[str], tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "the path of a file or folder, got" in told(capsys, *args, "")
    assert list(tmp_path.iterdir()) == []


def test_checking_a_target_changes_no_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("mine")
    check_file("--out", file, (".csv",))
    check_file("--out", tmp_path / "new.csv", (".csv",))
    check_file("--out", Path("/dev/null"), ("",))
    check_folder("--out", tmp_path / "some" / "where")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"] and file.read_text() == "mine"
    with pytest.raises(ConfigError, match=r"cannot be written .File name too long"):
        check_file("--out", tmp_path / f"{'a' * 260}.csv", (".csv",))
