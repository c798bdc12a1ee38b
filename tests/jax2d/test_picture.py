"""Pictures of one state: the position, orientation and colour of every part."""

import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, SceneBuilder, SceneError
from jax2d.boundary import CEILING, FLOOR, FLOOR_TOP, LEFT_WALL, RIGHT_WALL, WALLS, WORLD_SIZE
from jax2d.picture import describe, draw, style, svg
from jax2d.picture.primitives import Circle, Group, Line, Polygon
from jax2d.picture.windows import MARGIN
from tests.jax2d.picture_example import CAPACITY, action, example, moved, stack, touching


def groups(scene: Any, state: Any, **options: Any) -> dict[str, Group]:
    """The groups of a picture by their second class, such as body-4."""
    on_host = jax.tree.map(np.asarray, jax.device_get((scene, state, options)))
    picture = describe(on_host[0], on_host[1], **on_host[2])
    return {group.kind.split()[1]: group for group in picture.groups if " " in group.kind}


def rows(found: dict[str, Group], kind: str) -> set[int]:
    return {int(name.rsplit("-", 1)[1]) for name in found if name.startswith(f"{kind}-")}


def turned(vectors: Any, angle: float) -> np.ndarray:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.asarray(vectors) @ np.array([[cos, sin], [-sin, cos]])


def view(text: str) -> tuple[float, ...]:
    """The window of an SVG: left, right, bottom, top."""
    x, y, width, height = (float(part) for part in str(ET.fromstring(text).get("viewBox")).split())
    return x, x + width, -y - height, -y


def test_the_box_of_the_world_is_that_of_its_walls() -> None:
    def side(wall: int, axis: int, end: Any) -> float:
        return float(WALLS[wall].position[axis] + end(corner[axis] for corner in WALLS[wall].vertices))

    assert side(FLOOR, 1, max) == pytest.approx(FLOOR_TOP)
    assert side(LEFT_WALL, 0, max) == 0 and side(RIGHT_WALL, 0, min) == WORLD_SIZE
    assert side(CEILING, 1, min) == pytest.approx(WORLD_SIZE)


def test_active_parts_only_are_drawn() -> None:
    scene, state, _ = example()
    found = groups(scene, state)
    assert rows(found, "body") == set(np.flatnonzero(scene.active).tolist())
    assert rows(found, "joint") == {0, 1, 2} and rows(found, "thruster") == {0}
    assert rows(found, "limits") == {0} and not rows(found, "contact")


def test_outlines_are_where_the_state_puts_them() -> None:
    scene, state, _ = example()
    found = groups(scene, state)
    for index in rows(found, "body"):
        shape, x, angle = found[f"body-{index}"].shapes[0], np.asarray(state.position[index]), float(state.angle[index])
        if index < CAPACITY.polygons:
            assert isinstance(shape, Polygon)
            corners = np.asarray(scene.vertices[index, : scene.vertex_count[index]])
            np.testing.assert_allclose(shape.points, x + turned(corners, angle), atol=1e-5)  # float32 in, m
        else:
            assert isinstance(shape, Circle)
            np.testing.assert_allclose(shape.centre, x, atol=1e-6)
            assert shape.radius == pytest.approx(float(scene.radius[index - CAPACITY.polygons]))


def test_the_spoke_turns_with_the_circle() -> None:
    scene, state, index = example()
    wheel = index["wheel"]
    for turn in (0.0, 1.0):
        _, spoke = groups(scene, moved(state, wheel, (0.1, 0.2), turn))[f"body-{wheel}"].shapes
        assert isinstance(spoke, Line)
        centre = np.asarray(state.position[wheel]) + (0.1, 0.2)
        np.testing.assert_allclose(spoke.points, [centre, centre + turned((0.3, 0.0), 0.7 + turn)], atol=1e-5)


def test_pixels_have_the_colours_of_the_four_kinds_of_bodies() -> None:
    scene, state, index = example()
    picture = draw(scene, state, 600)
    scale = picture.width / (WORLD_SIZE + 2 * MARGIN)
    block = tuple(state.position[index["block"]].tolist())
    places = {
        style.MOVABLE: (0.7, 1.9),
        style.IMMOVABLE: block,
        style.WHITE: (2.1, 4.3),  # seen through the ghost
        style.GHOST_LINE: (2.0, 4.45),  # its upper side
        style.WALL: (2.5, 0.2),
    }
    for colour, (x, y) in places.items():
        assert picture.getpixel((int((x + MARGIN) * scale), int((WORLD_SIZE + MARGIN - y) * scale))) == colour


def test_a_joint_is_marked_where_its_two_anchors_meet() -> None:
    scene, state, index = example()
    found, box = groups(scene, state), index["box"]
    on_box = np.asarray(state.position[box]) + turned((0.3, -0.1), float(state.angle[box]))
    on_wheel = np.asarray(state.position[index["wheel"]]) + turned((-0.1, 0.05), 0.7)
    hinge, weld = found[f"joint-{index['hinge']}"], found[f"joint-{index['weld']}"]
    (ring,) = hinge.shapes
    assert isinstance(ring, Circle) and ring.fill == style.MOTOR
    np.testing.assert_allclose(ring.centre, (on_box + on_wheel) / 2, atol=1e-5)
    assert "revolute motor" in hinge.kind and "fixed" in weld.kind
    assert len(weld.shapes) == 2 and all(isinstance(arm, Line) for arm in weld.shapes)


@pytest.mark.parametrize("turn", [-0.5, 0.0, 0.3, 0.8])
def test_the_needle_points_at_body_b_and_lies_in_the_sector_as_the_angle_in_its_limits(turn: float) -> None:
    """The joint angle starts at zero, so turning b by an angle makes that the joint angle."""
    scene, state, index = example()
    sector, needle = groups(scene, moved(state, index["wheel"], (0.0, 0.0), turn))[f"limits-{index['hinge']}"].shapes
    assert isinstance(sector, Polygon) and isinstance(needle, Line)
    start, tip = needle.points
    way = math.atan2(*(tip - start)[::-1])
    to_centre = turned((0.1, -0.05), 0.7 + turn)
    assert math.remainder(way - math.atan2(to_centre[1], to_centre[0]), 2 * math.pi) == pytest.approx(0, abs=1e-5)
    np.testing.assert_allclose(sector.points[0], start)
    ends = sector.points[[1, -1]] - start
    low, high = (math.remainder(way - math.atan2(end[1], end[0]), 2 * math.pi) for end in ends)
    assert low == pytest.approx(turn + 0.5, abs=1e-5) and high == pytest.approx(turn - 0.8, abs=1e-5)


def test_the_arrow_turns_the_way_the_motor_turns_the_lighter_body() -> None:
    scene, state, index = example()
    inertia = [float(scene.inverse_inertia[index[name]]) for name in ("box", "wheel", "triangle")]
    assert inertia[0] < min(inertia[1:])  # the motors turn the wheel and the triangle

    def sense(name: str, value: float) -> float:
        """Positive if the arrow is counter-clockwise: the turn from its tail to its tip."""
        group = groups(scene, state, action=action(**{name: value}))[f"joint-{index[name]}"]
        arrow, ring = group.shapes
        assert isinstance(arrow, Polygon) and isinstance(ring, Circle) and "running" in group.kind
        outline = arrow.points[:24] - ring.centre
        angles = np.unwrap(np.arctan2(outline[:, 1], outline[:, 0]))
        return float(angles[-1] - angles[0])

    assert sense("hinge", 1.0) > sense("hinge", 0.3) > 0 > sense("hinge", -0.3) > sense("hinge", -1.0)
    assert sense("backward", 1.0) < 0 < sense("backward", -1.0)
    for options in ({}, {"action": action(engine=1.0)}, {"action": action(hinge=math.nan)}):
        still = groups(scene, state, **options)
        assert not any("running" in group.kind for group in still.values())


def test_thruster_flames_point_against_the_force_and_grow_with_the_action() -> None:
    scene, state, index = example()
    angle = float(state.angle[index["box"]])
    place = np.asarray(state.position[index["box"]]) + turned((-0.4, 0.1), angle)

    def reach(value: float) -> float:
        """How far the flame extends along the push, counted from the thruster's tip; negative is against it."""
        group = groups(scene, state, action=action(engine=value))["thruster-0"]
        assert ("firing" in group.kind) == (value != 0) == (len(group.shapes) == 3)
        flame = group.shapes[0]
        assert isinstance(flame, Polygon)
        along = (flame.points - place) @ turned((1.0, 0.0), angle + 0.5)
        return float(along[np.abs(along).argmax()])

    full, half, pull = reach(1.0), reach(0.5), reach(-1.0)
    assert full < half < 0 < pull
    assert reach(7.0) == full  # it stays in the picture
    reach(0.0)


def test_contacts_are_marked_with_their_normals_and_impulses() -> None:
    scene, state, index = example()
    contacts = touching()
    slot = int(contacts.slots.first[index["block"], index["ball"]])

    def mark(given: Any) -> tuple[np.ndarray, float]:
        """The line and the radius of the contact of the ball on the block."""
        line, dot = groups(scene, state, contacts=given)[f"contact-{slot}"].shapes
        assert isinstance(line, Line) and isinstance(dot, Circle)
        np.testing.assert_allclose(dot.centre, contacts.point[slot], atol=1e-6)
        np.testing.assert_allclose(line.points[0], contacts.point[slot], atol=1e-6)
        return line.points[1] - line.points[0], dot.radius

    normal, radius = mark(contacts)
    np.testing.assert_allclose(normal / np.linalg.norm(normal), contacts.normal[slot], atol=1e-5)
    harder = eqx.tree_at(lambda c: c.normal_impulse, contacts, contacts.normal_impulse * 3)
    longer, larger = mark(harder)
    assert larger > radius and np.linalg.norm(longer) > np.linalg.norm(normal)
    without = eqx.tree_at(lambda c: c.normal_impulse, contacts, contacts.normal_impulse * 0)
    (ring,) = groups(scene, state, contacts=without)[f"contact-{slot}"].shapes
    assert isinstance(ring, Circle) and ring.fill == style.WHITE


def test_contacts_that_cannot_push_are_left_out() -> None:
    """The wheel overlaps the box it hangs on, and the block the floor."""
    scene, state, index = example()
    contacts = touching()
    assert contacts.touching[index["box"], index["wheel"]]
    a, b = contacts.slots.body_a, contacts.slots.body_b
    pushing = (scene.group[a] != scene.group[b]) & ((scene.inverse_mass[a] != 0) | (scene.inverse_mass[b] != 0))
    expected = np.flatnonzero(contacts.active & pushing)
    assert rows(groups(scene, state, contacts=contacts), "contact") == set(expected.tolist())
    assert len(expected) < int(contacts.active.sum())


def test_windows_set_the_view_in_metres() -> None:
    scene, state, _ = example()
    low, high = -MARGIN, WORLD_SIZE + MARGIN
    assert view(svg(scene, state)) == pytest.approx((low, high, low, high))
    assert view(svg(scene, state, window=(1.0, 3.0, -1.0, 2.0))) == pytest.approx((1.0, 3.0, -1.0, 2.0))
    assert draw(scene, state, 90, window=(1.0, 3.0, -1.0, 2.0)).size == (60, 90)
    far = moved(state, 4, (9.0, 0.0))  # outside of the room
    left, right, bottom, top = view(svg(scene, far, window="fit"))
    assert right - left == pytest.approx(top - bottom)
    found = groups(scene, far)
    for index in rows(found, "body"):
        if index >= CAPACITY.static_polygons:
            least, most = found[f"body-{index}"].shapes[0].outer()
            assert left <= least[0] and most[0] <= right and bottom <= least[1] and most[1] <= top


def test_a_fitted_window_leaves_the_same_margin_all_around() -> None:
    builder = SceneBuilder(Capacity.small())
    builder.circle((2.0, 3.0), radius=0.9)
    left, right, bottom, top = view(svg(*builder.build(), window="fit"))
    margins = np.array([2.0 - 0.9 - left, right - 2.0 - 0.9, 3.0 - 0.9 - bottom, top - 3.0 - 0.9])
    assert (margins > 0.05).all() and np.ptp(margins) == pytest.approx(0, abs=2e-4)  # m, as SVG rounds


def test_marks_keep_their_size_in_the_picture_at_any_window() -> None:
    """So they are larger in the world where more of it is shown; bodies keep their size in the world."""
    scene, state, _ = example()

    def radii(half: float) -> tuple[float, float]:
        text = svg(scene, state, window=(2.5 - half, 2.5 + half, 2.5 - half, 2.5 + half))
        circles = re.findall(r'<g class="(body body-9|joint joint-0) [^"]*">\s*<circle [^>]*r="([\d.]+)"', text)
        found = {name.split()[0]: float(radius) for name, radius in circles}
        return found["body"], found["joint"]

    (body, joint), (same, larger) = radii(3.0), radii(30.0)
    assert body == same and larger == pytest.approx(10 * joint, rel=1e-2)


@pytest.mark.parametrize("window", ["world", "fit"])
def test_bodies_at_nan_positions_are_omitted(window: Any) -> None:
    scene, state, index = example()
    lost = eqx.tree_at(lambda s: s.position, state, state.position.at[index["box"]].set(jnp.nan))
    text = svg(scene, lost, window=window)
    assert "nan" not in text and f'"body body-{index["box"]} ' not in text
    assert f'"body body-{index["block"]} immovable"' in text
    assert draw(scene, lost, 60, window=window).size == (60, 60)


def test_draw_refuses_invalid_arguments() -> None:
    scene, state, _ = example()
    other = SceneBuilder(Capacity.large()).build()
    cases: list[tuple[str, str, Any]] = [
        ("draw: scene must be a Scene", "State", lambda: draw(state, state)),
        ("svg: scene must be a Scene", "State", lambda: svg(state, state)),
        ("scene must be a single one", r"\(2,\)", lambda: draw(stack(scene, scene), state)),
        ("state must be a single one", r"\(3,\)", lambda: draw(scene, stack(state, state, state))),
        ("state must have 12 bodies and 4 joints, as the scene", "16 and 6", lambda: draw(scene, other[1])),
        ("contacts must be of 16 bodies", "12", lambda: draw(*other, contacts=touching())),
        ("contacts.active must have shape", "", lambda: draw(scene, state, contacts=stack(touching(), touching()))),
        (r"action must be numbers of shape \(6,\)", r"\(5,\)", lambda: draw(scene, state, action=np.zeros(5))),
        ("size must be an integer from 1 to 4096 pixels", "2.5", lambda: draw(scene, state, 2.5)),
        ("window must be", "'room'", lambda: draw(scene, state, window="room")),
        ("left < right", r"\(2, 1, 0, 5\)", lambda: draw(scene, state, window=(2, 1, 0, 5))),
    ]
    for takes, got, call in cases:
        with pytest.raises(SceneError, match=f"(?s){takes}.*{got}"):
            call()


def test_without_pillow_the_import_error_names_the_extra() -> None:
    code = "import sys; sys.modules['PIL'] = None\nimport jax2d\nimport jax2d.picture"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 1
    assert "ImportError: jax2d.picture needs Pillow: pip install pillow (the extra 'picture' of jax2d)" in done.stderr
