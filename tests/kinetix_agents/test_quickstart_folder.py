"""A quickstart replaces the results of an earlier one and removes nothing else, whatever happens to it."""

import json
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from kinetix_agents.quickstart.folder import draft_of, new_results, note_update
from kinetix_agents.training.errors import RunError
from kinetix_agents.training.lock import sole_writer
from kinetix_env.cli.main import main
from kinetix_env.errors import ConfigError


def content(folder: Path) -> dict[str, str]:
    """Return the text of every file in a folder but its lock, by path."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def results(folder: Path, text: str, update: int = 3) -> None:
    """Write what a training run and its evaluation leave in a folder."""
    (folder / "checkpoints" / str(update)).mkdir(parents=True)
    (folder / "checkpoints" / str(update) / "params").write_text(text)
    for name in ("config.json", "report.md"):
        (folder / name).write_text(text)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return the folder of a quickstart that has finished."""
    folder = tmp_path / "quickstart"
    with new_results(folder) as draft:
        results(draft, "first")
    return folder


def interrupt(folder: Path) -> None:
    """Leave what a quickstart leaves that was interrupted once it had trained."""
    with suppress(KeyboardInterrupt), new_results(folder) as draft:
        results(draft, "half")
        note_update(draft)
        raise KeyboardInterrupt


def quickstart(folder: Path, *args: str) -> int:
    """Run the command on a folder that it must refuse."""
    return main(["quickstart", "--curriculum", "random", "--out", str(folder), *args])


def test_results_are_exchanged_at_the_end(out: Path) -> None:
    before = content(out)
    assert before["report.md"] == "first" and not draft_of(out).exists()
    with new_results(out) as draft:
        results(draft, "second", update=5)
        assert content(out) == before
    after = content(out)
    assert after["report.md"] == "second" and after["checkpoints/5/params"] == "second"
    assert "checkpoints/3/params" not in after and not draft_of(out).exists()
    assert sorted(path.name for path in out.parent.iterdir()) == ["quickstart"]


def test_an_interrupted_quickstart_leaves_the_results_and_can_be_started_again(out: Path) -> None:
    before = content(out)
    interrupt(out)
    assert content(out) == before and content(draft_of(out))["report.md"] == "half"
    with new_results(out) as draft:
        assert list(content(draft)) == ["quickstart.json"]
        results(draft, "second")
    assert content(out)["report.md"] == "second" and not draft_of(out).exists()


@pytest.mark.parametrize("args", [("--levels", "suite:none"), ("--levels", "none.json"), ("--device-count", "0")])
def test_wrong_arguments_touch_nothing(args: tuple[str, ...], out: Path) -> None:
    before = content(out.parent)
    assert quickstart(out, *args) == 2
    assert content(out.parent) == before


def test_a_folder_with_anything_else_is_refused(out: Path, capsys: Any) -> None:
    (out / "notes.txt").write_text("mine")
    before = content(out)
    assert quickstart(out) == 2
    assert "holds notes.txt, which kinetix quickstart did not make" in capsys.readouterr().err
    assert content(out) == before


@pytest.mark.parametrize("file", ["config.json", "notes.txt", "quickstart.json"])
def test_a_folder_of_something_else_is_refused(file: str, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / file).write_text(json.dumps({"format": "kinetix-run/1", "update": 0}))
    before = content(tmp_path)
    assert quickstart(tmp_path) == 2
    assert "holds something else than the results of kinetix quickstart" in capsys.readouterr().err
    assert content(tmp_path) == before


def test_a_file_and_a_root_are_refused(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "file").write_text("mine")
    assert quickstart(tmp_path / "file") == 2 and quickstart(Path("/")) == 2
    assert (tmp_path / "file").read_text() == "mine"
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_run_that_was_trained_further_is_refused(interrupted: bool, out: Path) -> None:
    if interrupted:
        interrupt(out)
    folder = draft_of(out) if interrupted else out
    (folder / "checkpoints" / "9").mkdir()
    before = content(out.parent)
    with pytest.raises(ConfigError, match="was trained further"), new_results(out):
        pass
    assert content(out.parent) == before


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "quickstart"
    with new_results(out):
        refused: list[RunError] = []

        def second() -> None:
            try:
                with new_results(out):
                    pass
            except RunError as error:
                refused.append(error)

        thread = Thread(target=second)
        thread.start()
        thread.join()
    assert len(refused) == 1 and "another process is writing there" in str(refused[0])
    with sole_writer(out):
        pass
