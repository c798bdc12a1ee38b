"""`kinetix render`: pictures and films, in the format of the file suffix, and errors."""

import sys
from dataclasses import replace

import pytest
from PIL import Image

from kinetix_env.cli.main import main
from kinetix_env.levels import save
from kinetix_env.sources import suite
from tests.kinetix_env.cli.signs import compiled_in_silence


def told(capsys, *args):
    """The lines that `kinetix render` prints for these arguments."""
    assert main(["render", *args]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out.splitlines()


def test_the_file_suffix_selects_the_format(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert told(capsys, "suite:s/bell", "--out", "a.PNG") == ["Wrote a.PNG (500 x 500 pixels)."]
    assert told(capsys, "suite:s/bell", "--out", "a.svg", "--size", "90") == ["Wrote a.svg."]
    text = (tmp_path / "a.svg").read_text()
    assert text.startswith("<svg ") and "<title>bell</title>" in text and 'width="90"' in text
    episode = "bell, its solution: solved after "
    for ending in ("gif", "mp4"):
        first, last = told(capsys, "suite:s/bell", "--out", f"a.{ending}")
        assert first.startswith(episode) and last.startswith(f"Wrote a.{ending} (")
    with Image.open("a.gif") as film:
        assert (film.format, film.size) == ("GIF", (320, 320)) and film.n_frames > 5
    assert b"ftyp" in (tmp_path / "a.mp4").read_bytes()[:12]


def test_the_default_file_name_is_that_of_the_level(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert told(capsys, "suite:s/hover", "--size", "50") == ["Wrote hover.png (50 x 50 pixels)."]
    save(tmp_path / "odd.json", replace(suite("s")[0], name="../up: 1"))
    assert told(capsys, "odd.json", "--size", "50") == ["Wrote up-1.png (50 x 50 pixels)."]
    assert told(capsys, "suite:s", "--size", "50") == ["Wrote levels.png (220 x 166 pixels)."]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hover.png", "levels.png", "odd.json", "up-1.png"]


def bare(folder, count):
    """A folder of `count` levels without a solution."""
    folder.mkdir()
    (hover,) = (one for one in suite("s") if one.name == "hover")
    for row in range(count):
        save(folder / f"{row:02d}.json", replace(hover, name=f"bare-{row}", solution=None))
    return str(folder)


def test_several_levels_form_a_grid_and_play_random_actions_without_solutions(capsys, tmp_path):
    path = str(tmp_path / "a.gif")
    size = ["--steps", "20", "--columns", "3", "--size", "40"]
    args = [bare(tmp_path / "bare", 3), "--out", path, *size]
    lines = told(capsys, *args)
    assert [line.split(":")[0] for line in lines[:3]] == [f"bare-{row}, random actions" for row in range(3)]
    with Image.open(path) as film:
        assert film.size == (3 * 45, 45) and film.n_frames > 5
    first = (tmp_path / "a.gif").read_bytes()
    told(capsys, *args, "--seed", "1")
    assert first != (tmp_path / "a.gif").read_bytes()
    assert told(capsys, *args, "--actions", "none")[0].startswith("bare-0, no actions: ")


def test_unsupported_levels_are_refused_before_playing(capsys, tmp_path):
    def refused(*args):
        assert main(["render", *args]) == 2
        said = capsys.readouterr()
        assert said.out == "" and not (tmp_path / "a.gif").exists()
        return said.err

    out = ["--out", str(tmp_path / "a.gif")]
    told = refused(bare(tmp_path / "many", 65), *out)
    assert told == "kinetix: error: A film shows at most 64 levels, got 65: name some of them.\n"
    told = refused(str(tmp_path / "many" / "07.json"), *out, "--actions", "solution")
    assert told.startswith("kinetix: error: bare-7 has no solution; `kinetix levels solve` searches for one.")


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (
            ["suite:s", "--out", "x.avi"],
            "--out must be a file whose name ends in .png, .svg, .gif or .mp4, got 'x.avi'.",
        ),
        (["suite:s", "--out", "no/x.gif"], "--out: the folder 'no' does not exist."),
        (["suite:s", "--out", "x.png", "--fps", "9"], "--fps is for films: --out must end in .gif or .mp4 then."),
        (["suite:s", "--actions", "none"], "--actions is for films: --out must end in .gif or .mp4 then."),
        (
            ["suite:s", "--out", "x.gif", "--fps", "51"],
            "A film's frames per second must be an integer from 1 to 50, got 51.",
        ),
        (
            ["suite:s", "--out", "x.mp4", "--fps", "61"],
            "A film's frames per second must be an integer from 1 to 60, got 61.",
        ),
        (
            ["suite:s", "--out", "x.gif", "--size", "0"],
            "A film's size in pixels must be an integer from 20 to 4096, got 0.",
        ),
        (["suite:s", "--out", "x.gif", "--columns", "0"], "A sheet's columns must be an integer of at least 1, got 0."),
        (
            ["suite:s", "--out", "x.gif", "--steps", "0"],
            "An episode's steps must be an integer from 1 to 10000, got 0.",
        ),
        (["suite:s", "--size", "0"], "A picture's size must be an integer from 1 to 4096 pixels, got 0."),
        (["suite:s", "--seed", "-1"], "--seed must be an integer from 0 to 4294967295, got -1."),
        (["suite:s/bel"], "No level of suite:s called 'bel'. Did you mean 'bell'?"),
    ],
)
def test_bad_input_ends_in_one_line_and_exit_code_2(args, expected, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["render", *args]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"kinetix: error: {expected}") and said.err.count("\n") == 1 and said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_an_mp4_without_the_extra_is_refused_before_playing(capsys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    assert main(["render", "suite:s/bell", "--out", str(tmp_path / "x.mp4")]) == 2
    said = capsys.readouterr()
    assert "An MP4 needs imageio-ffmpeg: pip install imageio-ffmpeg (the extra 'video' of kinetix-env)." in said.err
    assert said.out == ""


def test_progress_is_shown_on_a_terminal(tmp_path):
    """On stderr, whose last line is wiped at the end, and all the time while programs are compiled."""
    with compiled_in_silence() as names:
        assert main(["render", "suite:s/bell", "--out", str(tmp_path / "a.gif")]) == 0
        seen = sys.stderr.getvalue()
    assert names == []
    assert "Playing" in seen and "Drawing" in seen and seen.endswith("\x1b[1A\x1b[2K")
