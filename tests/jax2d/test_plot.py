"""Pictures of one moment: every artist is where the state says and looks as it should."""

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from jax2d import Capacity, SceneBuilder, SceneError
from jax2d.plot import draw, style
from tests.jax2d.plot_example import CAPACITY, action, example, moved, stack, touching


def artists(axes: Axes, kind: str) -> dict[int, Any]:
    """The artists of a kind by the number in their gid."""
    named = [(artist, str(artist.get_gid()).split()) for artist in axes.get_children() if artist.get_gid()]
    return {int(gid[1]): artist for artist, gid in named if gid[0] == kind and gid[1].isdigit()}


def in_world(artist: Any) -> np.ndarray:
    """The corners of an artist in the world (m)."""
    return np.asarray((artist.get_transform() - artist.axes.transData).transform(artist.get_path().vertices))


def turned(vectors: Any, angle: float) -> np.ndarray:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.asarray(vectors) @ np.array([[cos, sin], [-sin, cos]])


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)


def test_every_active_body_is_drawn_and_no_other() -> None:
    scene, state, _ = example()
    axes = draw(scene, state)
    assert set(artists(axes, "body")) == set(np.flatnonzero(scene.active).tolist())
    circles = np.flatnonzero(scene.active[CAPACITY.polygons :]) + CAPACITY.polygons
    assert set(artists(axes, "radius")) == set(circles.tolist())
    assert set(artists(axes, "joint")) == {0, 1, 2} and set(artists(axes, "thruster")) == {0}


def test_outlines_are_where_the_state_puts_them() -> None:
    scene, state, _ = example()
    for index, patch in artists(draw(scene, state), "body").items():
        x, angle = np.asarray(state.position[index]), float(state.angle[index])
        if index < CAPACITY.polygons:
            corners = np.asarray(scene.vertices[index, : scene.vertex_count[index]])
            expected = x + turned(corners, angle)
            np.testing.assert_allclose(in_world(patch)[: len(corners)], expected, atol=1e-5)  # float32 in, m
        else:
            radius = float(scene.radius[index - CAPACITY.polygons])
            np.testing.assert_allclose(in_world(patch).mean(axis=0), x, atol=0.1 * radius)
            assert patch.get_radius() == pytest.approx(radius)


def test_the_radius_line_turns_with_the_circle() -> None:
    scene, state, index = example()
    wheel = index["wheel"]
    for turn in (0.0, 1.0):
        line = artists(draw(scene, moved(state, wheel, (0.1, 0.2), turn)), "radius")[wheel]
        centre = np.asarray(state.position[wheel]) + (0.1, 0.2)
        rim = centre + turned((0.3, 0.0), 0.7 + turn)
        np.testing.assert_allclose(in_world(line), [centre, rim], atol=1e-5)


def test_the_four_kinds_of_bodies_look_different() -> None:
    scene, state, index = example()
    bodies = artists(draw(scene, state), "body")
    kinds = [bodies[k] for k in (SceneBuilder.FLOOR, index["box"], index["block"], index["ghost"])]
    looks = {(patch.get_facecolor(), patch.get_edgecolor(), patch.get_linestyle()) for patch in kinds}
    assert len(looks) == 4


def test_pixels_have_the_colours_of_the_bodies() -> None:
    scene, state, index = example()
    axes = draw(scene, state)
    canvas = axes.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())

    def colour(x: float, y: float) -> np.ndarray:
        column, row = axes.transData.transform((x, y))
        return pixels[len(pixels) - 1 - int(row), int(column), :3]

    places = {
        style.MOVABLE: (0.7, 1.9),
        style.IMMOVABLE: tuple(state.position[index["block"]].tolist()),
        style.BACKGROUND: (2.1, 4.3),  # seen through the ghost
        style.BOUNDARY: (2.5, 0.2),
    }
    for name, place in places.items():
        np.testing.assert_array_equal(colour(*place), np.round(np.array(to_rgb(name)) * 255), err_msg=name)


def test_a_joint_is_marked_where_its_two_anchors_meet() -> None:
    scene, state, index = example()
    marks = artists(draw(scene, state), "joint")
    box = index["box"]
    place = np.asarray(state.position[box]) + turned((0.3, -0.1), float(state.angle[box]))
    on_wheel = np.asarray(state.position[index["wheel"]]) + turned((-0.1, 0.05), 0.7)
    np.testing.assert_allclose(in_world(marks[index["hinge"]]).mean(axis=0), (place + on_wheel) / 2, atol=0.01)
    assert type(marks[index["hinge"]]).__name__ == "Circle" and type(marks[index["weld"]]).__name__ == "Rectangle"


@pytest.mark.parametrize("turn", [-0.5, 0.0, 0.3, 0.8])
def test_the_needle_points_at_body_b_and_lies_in_the_sector_as_the_angle_in_its_limits(turn: float) -> None:
    """The joint angle starts at zero, so turning b by an angle makes that the joint angle."""
    scene, state, index = example()
    wheel, hinge = index["wheel"], index["hinge"]
    axes = draw(scene, moved(state, wheel, (0.0, 0.0), turn))
    start, tip = in_world(artists(axes, "needle")[hinge])
    way = math.atan2(*(tip - start)[::-1])
    to_centre = turned((0.1, -0.05), 0.7 + turn)
    assert math.remainder(way - math.atan2(to_centre[1], to_centre[0]), 2 * math.pi) == pytest.approx(0, abs=1e-5)

    sector = artists(axes, "limits")[hinge]
    edges = [math.radians(edge) for edge in (sector.theta1, sector.theta2)]
    assert edges == pytest.approx([-0.5, 0.8])
    zero = sector.get_transform() - axes.transData
    ends = [zero.transform([(math.cos(edge), math.sin(edge))])[0] - zero.transform([(0, 0)])[0] for edge in edges]
    low, high = (math.remainder(way - math.atan2(end[1], end[0]), 2 * math.pi) for end in ends)
    assert low == pytest.approx(turn + 0.5, abs=1e-5) and high == pytest.approx(turn - 0.8, abs=1e-5)


def test_the_drive_arrow_turns_the_way_the_motor_does() -> None:
    scene, state, index = example()

    def sense(name: str, value: float) -> float:
        """Positive if the arrow is counter-clockwise: the turn from its tail to its tip."""
        axes = draw(scene, state, action=action(**{name: value}))
        arrow = artists(axes, "drive")[index[name]]
        assert arrow.get_visible()
        outline = in_world(arrow) - in_world(artists(axes, "motor")[index[name]]).mean(axis=0)
        angles = np.unwrap(np.arctan2(outline[:24, 1], outline[:24, 0]))
        return float(angles[-1] - angles[0])

    assert sense("hinge", 1.0) > sense("hinge", 0.3) > 0 > sense("hinge", -0.3) > sense("hinge", -1.0)
    assert sense("backward", 1.0) < 0 < sense("backward", -1.0)
    for still in (draw(scene, state), draw(scene, state, action=action(engine=1.0))):
        assert not any(arrow.get_visible() for arrow in artists(still, "drive").values())


def test_the_flame_leaves_against_the_push_and_grows_with_the_action() -> None:
    scene, state, index = example()
    angle = float(state.angle[index["box"]])
    place = np.asarray(state.position[index["box"]]) + turned((-0.4, 0.1), angle)

    def reach(value: float) -> float:
        """How far the flame extends along the push, counted from the nozzle; negative is against it."""
        flame = artists(draw(scene, state, action=action(engine=value)), "flame")[0]
        assert flame.get_visible() == (value != 0)
        along = (in_world(flame) - place) @ turned((1.0, 0.0), angle + 0.5)
        return float(along[np.abs(along).argmax()])

    full, half, pull = reach(1.0), reach(0.5), reach(-1.0)
    assert full < half < 0 < pull
    assert reach(7.0) == full  # it stays in the picture
    reach(0.0)


def test_contacts_are_marked_with_their_normals_and_impulses() -> None:
    scene, state, index = example()
    contacts = touching()
    axes = draw(scene, state, contacts=contacts)
    by_gid = {artist.get_gid(): artist for artist in axes.collections}
    points, normals = by_gid["contact points"], by_gid["contact normals"]
    slot = int(contacts.slots.first[index["block"], index["ball"]])
    row = int(np.abs(points.get_offsets() - contacts.point[slot]).sum(axis=1).argmin())
    np.testing.assert_allclose(points.get_offsets()[row], contacts.point[slot], atol=1e-6)
    start, end = normals.get_segments()[row]
    np.testing.assert_allclose(start, contacts.point[slot], atol=1e-6)
    np.testing.assert_allclose((end - start) / np.linalg.norm(end - start), contacts.normal[slot], atol=1e-5)

    harder = eqx.tree_at(lambda c: c.normal_impulse, contacts, contacts.normal_impulse * 3)
    again = {artist.get_gid(): artist for artist in draw(scene, state, contacts=harder).collections}
    assert again["contact points"].get_sizes()[row] > points.get_sizes()[row]
    stronger = again["contact normals"].get_segments()[row]
    assert np.linalg.norm(stronger[1] - stronger[0]) > np.linalg.norm(end - start)


def test_contacts_that_cannot_push_are_left_out() -> None:
    """The wheel overlaps the box it hangs on, and the block the floor."""
    scene, _, index = example()
    contacts = touching()
    assert contacts.touching[index["box"], index["wheel"]]
    drawn = {a.get_gid(): a for a in draw(*example()[:2], contacts=contacts).collections}["contact points"]
    a, b = contacts.slots.body_a, contacts.slots.body_b
    pushing = (scene.group[a] != scene.group[b]) & ((scene.inverse_mass[a] != 0) | (scene.inverse_mass[b] != 0))
    assert len(drawn.get_offsets()) == int((contacts.active & pushing).sum()) < int(contacts.active.sum())


def test_windows() -> None:
    scene, state, _ = example()
    world = draw(scene, state)
    assert (*world.get_xlim(), *world.get_ylim()) == (0.0, 5.0, 0.0, 5.0)
    chosen = draw(scene, state, window=(1.0, 3.0, -1.0, 2.0))
    assert (*chosen.get_xlim(), *chosen.get_ylim()) == (1.0, 3.0, -1.0, 2.0)
    fitted = draw(scene, moved(state, 4, (9.0, 0.0)), window="fit")  # far outside of the room
    (left, right), (bottom, top) = fitted.get_xlim(), fitted.get_ylim()
    assert right - left == pytest.approx(top - bottom)
    for index, patch in artists(fitted, "body").items():
        if index >= CAPACITY.static_polygons:
            low, high = in_world(patch).min(axis=0), in_world(patch).max(axis=0)
            assert left <= low[0] and high[0] <= right and bottom <= low[1] and high[1] <= top


def test_a_fitted_window_leaves_the_same_margin_all_around() -> None:
    builder = SceneBuilder(Capacity.small())
    builder.circle((2.0, 3.0), radius=0.9)
    axes = draw(*builder.build(), window="fit")
    left, right, bottom, top = (*axes.get_xlim(), *axes.get_ylim())
    margins = np.array([2.0 - 0.9 - left, right - 2.0 - 0.9, 3.0 - 0.9 - bottom, top - 3.0 - 0.9])
    assert (margins > 0.05).all() and np.ptp(margins) == pytest.approx(0, abs=1e-5)  # m


def test_an_axes_of_the_callers_own_is_drawn_on() -> None:
    scene, state, _ = example()
    figure = Figure()
    axes = figure.subplots(1, 2)[1]
    assert draw(scene, state, ax=axes) is axes
    assert set(artists(axes, "body")) == set(np.flatnonzero(scene.active).tolist())


@pytest.mark.parametrize("window", ["world", "fit"])
def test_bodies_that_are_nowhere_vanish_and_the_others_stay(window: Any) -> None:
    scene, state, index = example()
    lost = eqx.tree_at(lambda s: s.position, state, state.position.at[index["box"]].set(jnp.nan))
    axes = draw(scene, lost, window=window)
    axes.figure.canvas.draw()
    bodies = artists(axes, "body")
    assert np.abs(in_world(bodies[index["box"]])).min() > 1000
    expected = np.asarray(state.position[index["block"]])
    np.testing.assert_allclose(in_world(bodies[index["block"]])[:4].mean(axis=0), expected, atol=1e-5)


def test_draw_refuses_what_it_cannot_draw() -> None:
    scene, state, _ = example()
    other = SceneBuilder(Capacity.large()).build()
    cases: list[tuple[str, str, Any]] = [
        ("scene must be a Scene", "State", lambda: draw(state, state)),
        ("scene must be a single one", r"\(2,\)", lambda: draw(stack(scene, scene), state)),
        ("state must be a single one", r"\(3,\)", lambda: draw(scene, stack(state, state, state))),
        ("state is not of the scene's capacity", "16 bodies", lambda: draw(scene, other[1])),
        ("contacts.active must have shape", "", lambda: draw(scene, state, contacts=stack(touching(), touching()))),
        (r"action must be numbers of shape \(6,\)", r"\(5,\)", lambda: draw(scene, state, action=np.zeros(5))),
        ("ax must be a matplotlib Axes", "Figure", lambda: draw(scene, state, ax=Figure())),
        ("window must be", "'room'", lambda: draw(scene, state, window="room")),
        ("left < right", r"\(2, 1, 0, 5\)", lambda: draw(scene, state, window=(2, 1, 0, 5))),
    ]
    for takes, got, call in cases:
        with pytest.raises(SceneError, match=f"(?s){takes}.*{got}"):
            call()


@pytest.mark.parametrize("missing", ["matplotlib", "PIL"])
def test_without_its_libraries_the_import_says_how_to_get_them(missing: str) -> None:
    done = run_python(f"import sys; sys.modules[{missing!r}] = None\nimport jax2d\nimport jax2d.plot")
    assert done.returncode == 1
    assert 'ImportError: jax2d.plot needs matplotlib and Pillow: pip install "jax2d[plot]"' in done.stderr


def test_pyplot_is_never_loaded(tmp_path: Path) -> None:
    done = run_python(
        f"""
import sys, jax
from jax2d import Capacity, SceneBuilder
assert "matplotlib" not in sys.modules
from jax2d.plot import animate, draw
scene, state = SceneBuilder(Capacity.small()).build()
draw(scene, state).figure.savefig({str(tmp_path / "scene.png")!r})
animate(scene, jax.tree.map(lambda leaf: leaf[None], state), {str(tmp_path / "film.gif")!r})
print("matplotlib.pyplot" in sys.modules)
"""
    )
    assert done.stdout == "False\n", done.stderr
    assert (tmp_path / "scene.png").is_file() and (tmp_path / "film.gif").is_file()
