"""Pages of help that are kept: the same text without the time, and made anew when anything changes."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kinetix_env.cli import kept_help
from kinetix_env.cli.kept_help import asks_for_page, show_page

RUN = """
import sys
from kinetix_env.cli.main import main
code = main()
print("jax" in sys.modules, file=sys.stderr)
raise SystemExit(code)
"""


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where pages are kept, in a folder of the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "kinetix" / "help"


def made(text: str, calls: list[str], warning: str = "") -> Callable[[], None]:
    """A maker of a page, which notes that it was called."""

    def make() -> None:
        calls.append(text)
        print(text)
        print(end=warning, file=sys.stderr)
        raise SystemExit(0)

    return make


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("--help", True),
        ("train -h", True),
        ("train curriculum:sfl --help", True),
        ("train --config run.json --help", False),
        ("train --help curriculum:sfl", False),
        ("train", False),
        ("", False),
    ],
)
def test_only_words_before_the_flag_ask_for_a_page_that_is_kept(line: str, asks: bool) -> None:
    assert asks_for_page(line.split()) == asks


def test_a_page_is_made_once_for_each_width(
    pages: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[str] = []
    for width, text in (("80", "first"), ("80", "second"), ("90", "third"), ("80", "fourth")):
        monkeypatch.setenv("COLUMNS", width)
        show_page(["x", "--help"], made(text, calls))
    assert calls == ["first", "third"]
    assert capsys.readouterr().out.split() == ["first", "first", "third", "first"]
    assert len(list(pages.iterdir())) == 2


@pytest.mark.parametrize("change", ["a file", "a distribution"])
def test_a_change_of_what_is_installed_makes_the_page_anew(
    change: str, pages: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[str] = []
    show_page(["--help"], made("first", calls))
    module = tmp_path / "module.py"
    module.touch()
    if change == "a file":
        known = list(kept_help._files())
        monkeypatch.setattr(kept_help, "_files", lambda: [*known[:-1], known[-1] + "1"])
    else:
        (tmp_path / "plugin-1.0.dist-info").mkdir()
        monkeypatch.syspath_prepend(str(tmp_path))
    show_page(["--help"], made("second", calls))
    show_page(["--help"], made("third", calls))
    assert calls == ["first", "second"] and len(list(pages.iterdir())) == 1


def test_files_of_this_package_are_watched() -> None:
    assert any(line.startswith(f"{kept_help.__file__} ") for line in kept_help._files())


def test_a_page_with_a_warning_is_not_kept(pages: Path) -> None:
    show_page(["--help"], made("page", [], "a plugin failed\n"))
    assert not pages.exists()


def test_damaged_and_unwritable_files_only_cost_time(pages: Path, tmp_path: Path) -> None:
    calls: list[str] = []
    show_page(["--help"], made("first", calls))
    (page,) = pages.iterdir()
    page.write_bytes(b"\xff\xfe")
    show_page(["--help"], made("second", calls))
    page.unlink()
    pages.rmdir()
    pages.write_text("a file in place of the folder")
    show_page(["--help"], made("third", calls))
    assert calls == ["first", "second", "third"]


def test_only_the_latest_pages_stay(
    pages: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kept_help, "MOST", 2)
    pages.mkdir(parents=True)
    (pages / "notes.txt").touch()
    for name in "abcd":
        show_page([name, "--help"], made(name, []))
    assert len(list(pages.iterdir())) == 3 and (pages / "notes.txt").exists()


def test_the_program_shows_a_kept_page_without_jax(pages: Path) -> None:
    ran = [
        subprocess.run(
            [sys.executable, "-c", RUN, "levels", "list", "--help"],
            env={**os.environ, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(2)
    ]
    assert ran[0].stdout == ran[1].stdout and "usage: kinetix levels list" in ran[0].stdout
    assert ran[1].stderr == "False\n" and len(list(pages.iterdir())) == 1
