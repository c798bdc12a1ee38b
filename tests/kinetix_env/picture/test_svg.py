"""SVG pictures: their shapes are those of the level, and their colours those of the rendered image.

`seen` computes the colours of an SVG at points of the world from its numbers, without rasterising it."""

import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from kinetix_env import Role
from kinetix_env.errors import ConfigError
from kinetix_env.picture import draw, svg, svg_sheet
from kinetix_env.picture.describe import MARGIN, ROOM
from kinetix_env.sources.random_levels import random_levels
from tests.kinetix_env.picture.scenes import BLUE, GREEN, acting, hinge, rocket

SVG = "{http://www.w3.org/2000/svg}"
SIDE = ROOM + 2 * MARGIN


def parsed(text):
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    return root


def groups(root, word):
    """The groups with a word in their class."""
    return [group for group in root.iter(f"{SVG}g") if word in group.get("class", "").split()]


def number(element, name):
    return float(element.get(name))


def rgb(text):
    return np.array([int(text[place : place + 2], 16) for place in (1, 3, 5)])


def corners(element):
    return np.array([[float(part) for part in pair.split(",")] for pair in element.get("points").split()])


def from_segments(points, path):
    """The least distance of each point from a path (m)."""
    best = np.full(len(points), np.inf)
    for start, end in itertools.pairwise(path):
        along = end - start
        share = np.clip((points - start) @ along / max(along @ along, 1e-12), 0, 1)
        best = np.minimum(best, np.linalg.norm(points - start - share[:, None] * along, axis=1))
    return best


def inside(points, polygon):
    """Which points a polygon holds: those whose ray to the right crosses its border an odd number of times."""
    odd = np.zeros(len(points), bool)
    for (ax, ay), (bx, by) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        crosses = (ay > points[:, 1]) != (by > points[:, 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            odd ^= crosses & (points[:, 0] < ax + (points[:, 1] - ay) * (bx - ax) / (by - ay))
    return odd


def seen(root, points):
    """The colours of the points, [point, 3], and their distances from the nearest border of a colour (m)."""
    colours = np.tile(rgb(root.find(f"{SVG}rect").get("fill")), (len(points), 1))
    near = np.full(len(points), np.inf)
    (world,) = [group for group in root.findall(f"{SVG}g") if group.get("transform") == "scale(1 -1)"]
    for shape in world.iter():
        if shape.tag == f"{SVG}circle":
            centre = np.array([number(shape, "cx"), number(shape, "cy")])
            out = np.linalg.norm(points - centre, axis=1) - number(shape, "r")
            within, edge = out < 0, np.abs(out)
        elif shape.tag in (f"{SVG}polygon", f"{SVG}polyline"):
            path = corners(shape)
            closed = shape.tag == f"{SVG}polygon"
            within = inside(points, path) if closed else np.zeros(len(points), bool)
            edge = from_segments(points, np.concatenate([path, path[:1]]) if closed else path)
        else:
            continue
        if shape.get("fill") != "none":
            colours[within] = rgb(shape.get("fill"))
        half = 0.0
        if shape.get("stroke"):
            half = number(shape, "stroke-width") / 2
            colours[edge < half] = rgb(shape.get("stroke"))
        near = np.minimum(near, np.abs(edge - half))
        near = np.minimum(near, np.where(within, np.inf, edge) if half == 0 else np.inf)
    return colours, near


def pictures():
    """Levels with every part that can be drawn, and controls of their actuators."""
    drawn = [(named.level, None) for named in random_levels("l", count=3, seed=1)]
    return [*drawn, (rocket(), acting(thruster=1.0)), (hinge(), acting(motor=-0.5)), (hinge(auto=True), None)]


def test_the_image_and_the_svg_show_the_same():
    size = 530  # a pixel is a centimetre
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, size, (4000, 2))
    points = np.stack([(pixels[:, 0] + 0.5) / 100 - MARGIN, ROOM + MARGIN - (pixels[:, 1] + 0.5) / 100], axis=1)
    for level, controls in pictures():
        colours, near = seen(parsed(svg(level, controls=controls)), points)
        image = np.asarray(draw(level, size=size, controls=controls))[pixels[:, 1], pixels[:, 0]]
        clear = near > 0.015  # m: further from borders than a pixel's diagonal and the rounding of widths
        assert clear.mean() > 0.7
        np.testing.assert_array_equal(image[clear], colours[clear])


def test_shapes_are_where_the_level_has_them():
    root = parsed(svg(rocket(gap=1.5), title='A <b>title</b> & "more"'))
    assert root.find(f"{SVG}title").text == 'A <b>title</b> & "more"'
    found = [group.find(f"{SVG}circle") for group in groups(root, "movable")]
    circles = [circle for circle in found if circle is not None]
    placed = sorted((number(circle, "cx"), number(circle, "cy"), number(circle, "r")) for circle in circles)
    assert placed == [(1.0, 2.0, 0.2), (2.9, 2.0, 0.2)]
    (green,), (blue,) = groups(root, "green"), groups(root, "blue")
    assert tuple(rgb(green.find(f"{SVG}circle").get("fill"))) == GREEN
    assert tuple(rgb(blue.find(f"{SVG}circle").get("fill"))) == BLUE
    box = hinge()
    turned = parsed(svg(box)).findall(f".//{SVG}polygon")
    expected = np.asarray(box.scene.vertices[4]) + (2.5, 2.5)
    assert any(len(corners(polygon)) == 4 and np.allclose(corners(polygon), expected, atol=1e-4) for polygon in turned)


def test_the_view_box_does_not_depend_on_the_size():
    for size in (20, 4096):
        root = parsed(svg(rocket(), size=size))
        assert (root.get("width"), root.get("height")) == (str(size), str(size))
        assert [float(part) for part in root.get("viewBox").split()] == [-MARGIN, -ROOM - MARGIN, SIDE, SIDE]
    assert svg(rocket(), size=20).split("viewBox")[1] == svg(rocket(), size=4096).split("viewBox")[1]


def test_a_sheet_places_each_level_once():
    levels = [rocket(role) for role in (Role.BLUE, Role.RED, Role.NONE)]
    root = parsed(svg_sheet(levels, columns=2, size=100, titles=["a", "b", "c"]))
    inner = root.findall(f"{SVG}svg")
    assert [part.find(f"{SVG}title").text for part in inner] == ["a", "b", "c"]
    assert len({(part.get("x"), part.get("y")) for part in inner}) == 3
    assert [len(groups(part, "red")) for part in inner] == [0, 1, 0]
    for count, words in ((1, "1 level"), (3, "3 levels")):
        assert parsed(svg_sheet(levels[:count])).find(f"{SVG}title").text == words
    with pytest.raises(ConfigError, match="titles must be one for each of 3 levels, got 1"):
        svg_sheet(levels, titles=["a"])


@pytest.mark.parametrize("size", [0, -3, 4097, 1.5, True])
def test_an_invalid_size_is_refused(size):
    with pytest.raises((ConfigError, TypeError), match="size"):
        svg(rocket(), size=size)
