"""Films of rollouts: the content and duration of each frame, and invalid input."""

import os
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import equinox as eqx
import imageio_ffmpeg
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image, ImageSequence

from jax2d import Capacity, SceneBuilder, SceneError
from jax2d.boundary import WORLD_SIZE
from jax2d.picture import draw, gif, mp4, style
from jax2d.picture.windows import MARGIN
from tests.jax2d.picture_example import CAPACITY, action, example, journey, moved, stack, touching

FRAME, GAP = 100, 6  # pixels of a scene and around it


def frames_of(content: bytes) -> list[np.ndarray]:
    with Image.open(BytesIO(content)) as image:
        return [np.asarray(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(image)]


def delays_of(content: bytes) -> list[int]:
    """How long each frame is shown (ms)."""
    with Image.open(BytesIO(content)) as image:
        return [frame.info["duration"] for frame in ImageSequence.Iterator(image)]


def pixel(x: float, y: float) -> tuple[int, int]:
    """Row and column of a place (m) in a scene."""
    scale = FRAME / (WORLD_SIZE + 2 * MARGIN)
    return int((WORLD_SIZE + MARGIN - y) * scale), int((x + MARGIN) * scale)


def test_each_frame_shows_its_own_state_only() -> None:
    """A file stores only what changes; each frame must be the picture of its own state, but for the palette."""
    scene = example()[0]
    states, count = journey(7), 5  # the last two rest: a file has those frames once
    actions = np.stack([action(engine=k / 6, hinge=1 - k / 3) for k in range(7)])
    contacts = stack(*[touching()] * 7)
    rollout: dict[str, Any] = {"contacts": contacts, "actions": actions}
    film = frames_of(gif(scene, states, size=FRAME, **rollout))
    for k in range(count):
        state, one = jax.tree.map(lambda leaf, k=k: leaf[k], (states, rollout))
        still = np.asarray(draw(scene, state, FRAME, contacts=one["contacts"], action=one["actions"]))
        off = np.abs(film[k][GAP:-GAP, GAP:-GAP] - still)
        assert off.mean() < 1 and (off.max(axis=-1) > 60).mean() < 0.005
    assert (np.abs(film[0] - film[4]).max(axis=-1) > 60).mean() > 0.01


def test_gif_areas_have_exact_colours_and_the_requested_size(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    content = gif(example()[0], journey(4), path, size=FRAME)
    assert path.read_bytes() == content
    for frame in frames_of(content):
        assert frame.shape == (FRAME + 2 * GAP, FRAME + 2 * GAP, 3)
        row, column = pixel(2.5, 0.2)
        assert tuple(frame[GAP + row, GAP + column]) == style.WALL and (frame[1, 1] == 255).all()


@pytest.mark.parametrize(
    ("fps", "hold", "seconds"), [(30, None, 0.30), (50, None, 0.18), (12.5, None, 0.72), (20, 1.5, 1.9)]
)
def test_film_duration_equals_frames_over_rate_with_static_frames(
    fps: float, hold: float | None, seconds: float
) -> None:
    scene, state, _ = example()
    content = gif(scene, stack(*[state] * 9), fps=fps, hold=hold, size=40)
    assert sum(delays_of(content)) == pytest.approx(1000 * seconds)
    with Image.open(BytesIO(content)) as image:
        assert image.info.get("loop", 0) == 0


@pytest.mark.parametrize(("columns", "across", "down"), [(None, 2, 2), (3, 3, 1), (1, 1, 3)])
def test_a_batch_becomes_a_grid(columns: int | None, across: int, down: int) -> None:
    """Time is the first axis of the states and the scene the second; each panel shows its own scene."""
    scene, state, index = example()
    rows = [stack(*(moved(state, index["ball"], (-0.5 * k - time, 0.5)) for k in range(3))) for time in range(2)]
    content = gif(stack(*[scene] * 3), stack(*rows), columns=columns, titles=["a", "b", "c"], size=FRAME)
    frames = frames_of(content)
    high, wide, _ = frames[0].shape
    assert wide == across * (FRAME + GAP) + GAP
    head = (high - GAP) // down - FRAME - GAP
    assert 10 <= head <= 30  # room for the titles
    assert frames[0][GAP : GAP + head, GAP : GAP + FRAME].min() < 128  # and they are there
    for time, frame in enumerate(frames):
        for k in range(3):
            row, column = divmod(k, across)
            left, top = GAP + column * (FRAME + GAP), GAP + row * (FRAME + head + GAP) + head
            y, x = pixel(*(np.asarray(state.position[index["ball"]]) + (-0.5 * k - time + 0.07, 0.43)))  # off the spoke
            assert tuple(frame[top + y, left + x]) == style.MOVABLE


def test_an_mp4_has_a_frame_per_state_and_shows_its_colours(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    content = mp4(example()[0], journey(4), path, size=101, fps=20, hold=0.2)
    assert path.read_bytes() == content
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    done = subprocess.run([*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True)
    side = 101 + 2 * GAP + 1  # rounded up to an even number
    frames = np.frombuffer(done.stdout, np.uint8).reshape(-1, side, side, 3).astype(int)
    assert len(frames) == 3 + 4
    row, column = pixel(2.5, 0.2)
    assert np.abs(frames[0, GAP + row, GAP + column] - style.WALL).max() <= 6  # a lossy format


@pytest.mark.parametrize(
    ("message", "options"),
    [
        (r"whose name ends in \.gif, got .*film\.png", {"path": "film.png"}),
        ("a file in a folder that exists", {"path": "nowhere/film.gif"}),
        ("The film must be a file .*, got 3", {"path": 3}),
        ("fps must be a number from 0.1 to 50, got 0", {"fps": 0}),
        ("size must be an integer from 1 to 4096 pixels, got 2.5", {"size": 2.5}),
        ("at most 4096 pixels along one side, got 4108 x 4108: make it of smaller or fewer scenes", {"size": 4096}),
        ("columns must be an integer of at least 1, got 0", {"columns": 0}),
        ("hold must be a number from 0 to 600, got -1", {"hold": -1}),
        ("titles must be 1 strings, one per scene, got 'ball'", {"titles": "ball"}),
        (r"actions must be numbers of shape \(4, 6\).*got shape \(6,\)", {"actions": np.zeros(6)}),
    ],
)
def test_invalid_film_options_are_refused(message: str, options: dict[str, Any], tmp_path: Path) -> None:
    path = options.get("path", "film.gif")
    place = tmp_path / path if isinstance(path, str) else path
    with pytest.raises(SceneError, match=message):
        gif(example()[0], journey(4), **{**options, "path": place})
    assert not list(tmp_path.iterdir())


def test_states_that_do_not_fit_the_scene_are_refused() -> None:
    scene, state, _ = example()
    with pytest.raises(SceneError, match=r"leading axes \(time,\).*got \(\)"):
        gif(scene, state)
    with pytest.raises(SceneError, match=r"leading axes \(time, 2\).*got \(4,\)"):
        gif(stack(scene, scene), journey(4))
    with pytest.raises(SceneError, match="states must have 16 bodies and 6 joints, as the scene, got 12 and 4"):
        gif(SceneBuilder(Capacity.large()).build()[0], journey(4))
    mixed = eqx.tree_at(lambda s: s.angle, journey(4), jnp.zeros((5, CAPACITY.bodies)))
    with pytest.raises(SceneError, match="all arrays of states must have the same leading axes"):
        gif(scene, mixed)


def test_a_file_that_cannot_be_written_is_reported_and_the_old_one_kept(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    path.write_bytes(b"old")
    (tmp_path / f".film.gif.{os.getpid()}.part").mkdir()  # in the way of the file that is written first
    with pytest.raises(SceneError, match=r"a file that can be written, but .*film\.gif"):
        gif(example()[0], journey(4), path, size=40)
    assert path.read_bytes() == b"old"
    (tmp_path / "folder.gif").mkdir()
    with pytest.raises(SceneError, match="The film must be a file"):
        gif(example()[0], journey(4), tmp_path / "folder.gif")
