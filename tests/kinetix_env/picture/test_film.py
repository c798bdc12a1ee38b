"""Films, read by other programs: number and duration of frames, colours, and borders that show the outcome."""

import math
import re
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from kinetix_env import ConfigError
from kinetix_env.picture import gif, mp4
from kinetix_env.picture.film import BORDER, BORDERS, HOLD, RecordingFilm
from kinetix_env.play.recording import UNNAMED
from tests.kinetix_env.picture.scenes import WHITE, recorded

pytestmark = pytest.mark.versions

FAR, SECONDS = 2, 12 / 30  # the recording of 12 steps, which is the longest


def frames(content):
    """The frames of a GIF, and how long each is shown (s)."""
    found, shown = [], []
    with Image.open(BytesIO(content)) as picture:
        for index in range(picture.n_frames):
            picture.seek(index)
            shown.append(picture.info["duration"] / 1000)
            found.append(np.asarray(picture.convert("RGB")).astype(int))
    return found, shown


def decoded(path):
    """The description of a film by ffmpeg, and its frames."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    stream = next(line for line in done.stderr.decode().splitlines() if "Video: h264" in line)
    width, height = (int(side) for side in re.search(r" (\d+)x(\d+)[ ,]", stream).groups())
    return stream, np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3).astype(int)


def near(colour, other, off=4):
    return np.abs(np.subtract(colour, other)).max() <= off


@pytest.mark.parametrize(("fps", "count"), [(30, 13), (15, 7), (20, 9), (7, 4), (1, 2), (50, 21)])
def test_a_film_has_a_frame_for_each_moment_up_to_the_end(fps, count):
    """The start, and then as many as cover the longest episode: 0.4 s."""
    film = RecordingFilm(recorded(), fps=fps, max_fps=60, size=40, columns=None)
    assert film.seconds == pytest.approx(SECONDS)
    assert film.last + 1 == count == math.ceil(round(SECONDS * fps, 6)) + 1
    seen = []
    gif(recorded(), size=40, fps=fps, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(index + 1, count) for index in range(count)]


@pytest.mark.parametrize("fps", [50, 30, 20, 15, 7])
def test_a_gif_lasts_as_long_as_the_episode_and_the_end(fps):
    """Its clock counts hundredths of a second; the frame of the end is at the first multiple of 1/fps after it.

    Frames that look the same are one in the file, which is shown for longer."""
    found, shown = frames(gif(recorded(), size=60, fps=fps, hold=0.7))
    last = math.ceil(round(SECONDS * fps, 6)) / fps
    assert sum(shown) == pytest.approx(last + 0.7, abs=0.0101)
    assert SECONDS <= last < SECONDS + 1 / fps
    assert len(found) <= round(last * fps) + 1 and min(shown) >= 0.02


def test_each_frame_of_a_gif_is_shown_until_the_next(tmp_path):
    """Of one that moves in every frame: all starts are within half a hundredth of a second of where they should be."""
    moving = recorded()[0]
    _, shown = frames(gif(moving, tmp_path / "film.gif", size=200, fps=30))
    assert len(shown) == moving.steps + 1 and shown[-1] == HOLD
    off = np.cumsum(shown[:-1]) - np.arange(1, moving.steps + 1) / 30
    assert np.abs(off).max() <= 0.0051
    assert frames((tmp_path / "film.gif").read_bytes())[1] == shown


def test_a_gif_shows_what_its_frames_are():
    """But for the palette: areas have their colours, and edges one that is near."""
    film = RecordingFilm(recorded()[0], fps=30, max_fps=50, size=200, columns=None)
    found, _ = frames(gif(recorded()[0], size=200, fps=30))
    for index in (0, 4, film.last):
        off = np.abs(found[index] - np.asarray(film.frame(index)))
        assert off.mean() < 0.5 and (off.max(axis=-1) > 60).mean() < 0.005


def test_the_border_shows_the_outcome_at_the_end():
    endings = ["solved", "failed", "unfinished"]
    others = [replace(recorded()[FAR], ending=ending) for ending in ("timed out", "broken")]
    size = 60
    found, _ = frames(gif([*recorded(), *others], size=size, columns=3))
    pitch = size + BORDER
    assert found[0].shape == (2 * pitch, 3 * pitch, 3)
    for place, ending in enumerate([*endings, "timed out", "broken"]):
        row, column = divmod(place, 3)
        where = BORDER // 2 + row * pitch + size // 2, BORDER // 2 + column * pitch + BORDER // 2
        assert near(found[0][where], WHITE) and near(found[-1][where], BORDERS[ending]), ending
    green, red, grey = (np.array(BORDERS[ending]) for ending in endings)
    assert green.argmax() == 1 and red.argmax() == 0 and np.ptp(grey) == 0


def test_films_of_several_levels_carry_their_names():
    """In the upper left corner of each, cut to its width, and on nothing else; one that plays alone needs none."""

    def first(*names, size=120):
        named = [replace(recording, name=name) for recording, name in zip(recorded(), names, strict=False)]
        film = RecordingFilm(named, fps=30, max_fps=50, size=size, columns=3)
        return np.asarray(film.frame(0)).astype(int)

    plain, written = first(UNNAMED, UNNAMED), first("met", UNNAMED)
    rows, columns = np.nonzero((plain != written).any(axis=-1))
    assert len(rows) > 0 and rows.max() < 30 and columns.max() < 60
    long = first("a name that is far too long to be written here", UNNAMED)
    rows, columns = np.nonzero((plain != long).any(axis=-1))
    assert rows.max() < 30 and 90 < columns.max() < 120 - BORDER // 2
    assert (first("met") == first(UNNAMED)).all()


def test_a_finished_episode_holds_its_last_frame():
    """The first ends after ten steps at most, the third plays on; nothing overlaps."""
    film = RecordingFilm(recorded(), fps=30, max_fps=50, size=60, columns=3)
    pitch = 60 + BORDER
    over = recorded()[0].steps
    panels = [np.asarray(film.frame(index))[:, :pitch] for index in (over - 1, over, film.last)]
    assert (panels[0] != panels[1]).any() and (panels[1] == panels[2]).all()
    far = [np.asarray(film.frame(index))[:, 2 * pitch :] for index in (over, film.last)]
    assert (far[0] != far[1]).any()


def test_a_gif_of_too_many_bytes_has_fewer_frames_of_the_same_time():
    moving = recorded()[0]
    whole = gif(moving, size=120, fps=30)
    half = gif(moving, size=120, fps=30, most_bytes=len(whole) - 1)
    least = gif(moving, size=120, fps=30, most_bytes=1)
    assert len(least) < len(half) < len(whole)
    counts = [len(frames(content)[1]) for content in (whole, half, least)]
    steps = moving.steps
    assert counts == [math.ceil(steps / every) + 1 for every in (1, 2, 4)]
    for content in (half, least):
        found, shown = frames(content)
        assert sum(shown) == pytest.approx(steps / 30 + HOLD, abs=0.0101)
        assert near(found[-1][60, 2], BORDERS["solved"])


@pytest.mark.parametrize(
    ("columns", "size", "shape"), [(3, 41, (124 + 14, 41 + 5)), (1, 41, (46, 138)), (None, 41, (92, 92))]
)
def test_an_mp4_has_the_size_and_frames_that_were_asked_for(columns, size, shape, tmp_path):
    """Sides of an odd number of pixels are rounded up to even ones, as the format needs them."""
    path = tmp_path / "film.mp4"
    content = mp4(recorded(), path, size=size, fps=20, columns=columns, hold=0.5)
    assert path.read_bytes() == content
    stream, pictures = decoded(path)
    assert pictures.shape[2:0:-1] == tuple(side + side % 2 for side in shape)
    assert "yuv420p(tv, bt709, progressive)" in stream and " 20 fps" in stream
    assert len(pictures) == math.ceil(SECONDS * 20) + round(0.5 * 20)
    # at the end; a lossy format, whose colours have half the resolution
    middle = BORDER // 2 + size // 2, BORDER // 2 + BORDER // 2
    assert near(pictures[0][middle], WHITE, 12) and near(pictures[-1][middle], BORDERS["solved"], 30)


def test_an_mp4_shows_its_colours_as_they_are(tmp_path):
    """Areas are within the losses of the format, which are a few shades; edges are blurred."""
    film = RecordingFilm(recorded()[0], fps=30, max_fps=60, size=480, columns=None)
    mp4(recorded()[0], tmp_path / "film.mp4", size=480, fps=30)
    off = np.abs(decoded(tmp_path / "film.mp4")[1][0] - np.asarray(film.frame(0)))
    assert off.mean() < 2 and np.median(off.max(axis=-1)) <= 4


def test_invalid_films_are_refused(tmp_path):
    one = recorded()[0]
    for write, ending, most in ((gif, ".gif", 50), (mp4, ".mp4", 60)):

        def refused(match, *args, write=write, **settings):
            with pytest.raises(ConfigError, match=match):
                write(*args, **settings)

        refused("at least one recording, got none", [])
        refused(f"frames per second must be an integer from 1 to {most}, got {most + 1}", one, fps=most + 1)
        refused("size in pixels must be an integer from 20 to 4096, got 19", one, size=19)
        refused("columns must be an integer of at least 1, got 0", one, columns=0)
        refused("at most 4096 pixels along one side, got 4012 x 8024", [one] * 8, size=2001, columns=2)
        refused(rf"whose name ends in \{ending}, got", one, tmp_path / "film.avi")
        refused("in a folder that exists", one, tmp_path / "none" / f"film{ending}")
    assert list(tmp_path.iterdir()) == []


def test_an_mp4_without_ffmpeg_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(
        ConfigError,
        match=r"An MP4 needs imageio-ffmpeg: pip install imageio-ffmpeg \(the extra 'video' of kinetix-env\)",
    ):
        mp4(recorded()[0], tmp_path / "film.mp4")


def test_the_error_output_of_ffmpeg_is_reported(monkeypatch, tmp_path):
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho there is no libx264 >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(broken))
    with pytest.raises(ConfigError, match=r"^ffmpeg could not write the film: there is no libx264\.$"):
        mp4(recorded()[0], tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


def test_an_interrupted_film_leaves_no_file(tmp_path):
    def stop(done, of):
        raise KeyboardInterrupt

    for write, ending in ((gif, ".gif"), (mp4, ".mp4")):
        with pytest.raises(KeyboardInterrupt):
            write(recorded()[0], tmp_path / f"film{ending}", progress=stop)
    assert list(tmp_path.iterdir()) == []
