"""GIFs: each frame shows its state as it is, for as long as it should, and wrong input is refused."""

from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image, ImageSequence

from jax2d import Capacity, SceneBuilder, SceneError
from jax2d.plot import animate, style
from tests.jax2d.plot_example import CAPACITY, action, example, journey, moved, stack, touching

FRAME, GAP = 100, 6  # pixels of a panel and around it


def frames_of(path: Path) -> list[np.ndarray]:
    with Image.open(path) as image:
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


def delays_of(path: Path) -> list[int]:
    with Image.open(path) as image:
        return [frame.info["duration"] for frame in ImageSequence.Iterator(image)]


def test_each_frame_shows_its_state_and_nothing_of_the_others(tmp_path: Path) -> None:
    """A film stores only what changes from frame to frame; a film of a single state cannot. They must agree."""
    scene = example()[0]
    states = journey(7)
    actions = np.stack([action(engine=k / 6, hinge=1 - k / 3) for k in range(7)])
    contacts = stack(*[touching()] * 7)
    extras: dict[str, Any] = {"contacts": contacts, "actions": actions}
    film = frames_of(animate(scene, states, tmp_path / "film.gif", pixels=FRAME, **extras))
    assert len(film) == 7
    for k in range(7):
        one = jax.tree.map(lambda leaf, k=k: leaf[k : k + 1], (states, extras))
        (still,) = frames_of(animate(scene, one[0], tmp_path / "still.gif", pixels=FRAME, **one[1]))
        np.testing.assert_array_equal(film[k], still)
    assert (film[0] != film[4]).any()


def test_colours_of_areas_are_exact_and_the_size_is_as_asked(tmp_path: Path) -> None:
    scene, states = example()[0], journey(4)
    path = animate(scene, states, tmp_path / "film.gif", pixels=FRAME)
    assert path == tmp_path / "film.gif"
    for frame in frames_of(path):
        assert frame.shape == (FRAME + 2 * GAP, FRAME + 2 * GAP, 3)
        floor = frame[GAP + FRAME - 3, GAP + FRAME // 2]  # 3 pixels above the lower edge, 0.15 m in the world
        np.testing.assert_array_equal(floor, np.round(np.array(to_rgb(style.BOUNDARY)) * 255))
        assert (frame[1, 1] == 255).all()


@pytest.mark.parametrize(("fps", "seconds"), [(30, 0.30), (50, 0.18), (12.5, 0.72)])
def test_the_film_lasts_as_long_as_its_rate_says_even_where_nothing_moves(
    fps: float, seconds: float, tmp_path: Path
) -> None:
    scene, state, _ = example()
    path = animate(scene, stack(*[state] * 9), tmp_path / "rest.gif", fps=fps, pixels=40)
    assert len(delays_of(path)) == 9
    assert sum(delays_of(path)) == pytest.approx(1000 * seconds)
    with Image.open(path) as image:
        assert image.info["loop"] == 0  # for ever


@pytest.mark.parametrize(("columns", "across", "down"), [(None, 2, 2), (3, 3, 1), (1, 1, 3)])
def test_a_batch_becomes_a_grid(columns: int | None, across: int, down: int, tmp_path: Path) -> None:
    """Time is the first axis of the states and the scene the second; each panel shows its own scene."""
    scene, state, index = example()
    rows = [stack(*(moved(state, index["ball"], (-0.5 * k - time, 0.5)) for k in range(3))) for time in range(2)]
    scenes, states = stack(*[scene] * 3), stack(*rows)
    path = animate(scenes, states, tmp_path / "grid.gif", columns=columns, titles=["a", "b", "c"], pixels=FRAME)
    with Image.open(path) as image:
        high = image.height
        assert image.width == across * (FRAME + GAP) + GAP
    head = (high - GAP) // down - FRAME - GAP
    assert 10 <= head <= 30  # room for the titles
    for time, frame in enumerate(frames_of(path)):
        for k in range(3):
            row, column = divmod(k, across)
            left, bottom = GAP + column * (FRAME + GAP), (row + 1) * (FRAME + head + GAP)
            x, y = np.asarray(state.position[index["ball"]]) + (-0.5 * k - time + 0.07, 0.43)  # not on the line
            pixel = frame[bottom - round(y / 5 * FRAME), left + round(x / 5 * FRAME)]
            np.testing.assert_array_equal(pixel, np.round(np.array(to_rgb(style.MOVABLE)) * 255))


@pytest.mark.parametrize(
    ("message", "options"),
    [
        (r"path must end in \.gif, got .*film\.png", {"path": "film.png"}),
        ("in a folder that does not exist", {"path": "nowhere/film.gif"}),
        ("path must be a str or a pathlib.Path, got 3", {"path": 3}),
        ("fps must be a number from 0.1 to 50, got 0", {"fps": 0}),
        ("pixels must be an integer from 32 to 2000, got 2.5", {"pixels": 2.5}),
        ("columns must be an integer from 1 to 1, got 4", {"columns": 4}),
        ("titles must be 1 strings, one a scene, got 'ball'", {"titles": "ball"}),
        (r"actions must be numbers of shape \(4, 6\).*got shape \(6,\)", {"actions": np.zeros(6)}),
    ],
)
def test_animate_refuses_wrong_options(message: str, options: dict[str, Any], tmp_path: Path) -> None:
    path = options.get("path", "film.gif")
    place = tmp_path / path if isinstance(path, str) else path
    with pytest.raises(SceneError, match=message):
        animate(example()[0], journey(4), **{**options, "path": place})
    assert not list(tmp_path.iterdir())


def test_animate_refuses_states_that_do_not_fit_the_scene(tmp_path: Path) -> None:
    scene, state, _ = example()
    path = tmp_path / "film.gif"
    with pytest.raises(SceneError, match=r"leading axes \(time,\).*got \(\)"):
        animate(scene, state, path)
    with pytest.raises(SceneError, match=r"leading axes \(time, 2\).*got \(4,\)"):
        animate(stack(scene, scene), journey(4), path)
    with pytest.raises(SceneError, match="not of the scene's capacity"):
        animate(SceneBuilder(Capacity.large()).build()[0], journey(4), path)
    mixed = eqx.tree_at(lambda s: s.angle, journey(4), jnp.zeros((5, CAPACITY.bodies)))
    with pytest.raises(SceneError, match="all arrays of states must have the same leading axes"):
        animate(scene, mixed, path)
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_reported_and_the_old_one_kept(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    path.write_bytes(b"old")
    (tmp_path / "film.gif.part").mkdir()  # in the way of the file that is written first
    with pytest.raises(SceneError, match=r"path must be writable, but .*film\.gif"):
        animate(example()[0], journey(4), path)
    assert path.read_bytes() == b"old"
    (tmp_path / "folder.gif").mkdir()
    with pytest.raises(SceneError, match="is a folder"):
        animate(example()[0], journey(4), tmp_path / "folder.gif")
