"""Mass properties of polygons against closed forms and integrals; invalid polygons are refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jax2d.boundary import WALLS, Wall
from jax2d.geometry import LEAST_TURN, box_corners, circle_mass, polygon_fault, polygon_mass, rotate
from tests.jax2d.choices import DrawnChoice
from tests.jax2d.random_scenes import random_corners

REL = 1e-12  # float64 sums of a few terms


@st.composite
def polygons(draw: st.DrawFn) -> np.ndarray:
    """Strictly convex clockwise polygons of 3 to 8 corners, within 2 m of the origin."""
    return random_corners(DrawnChoice(draw), 8, draw(st.floats(0.2, 2.0)))


sizes = st.floats(0.01, 100.0)
shifts = st.tuples(st.floats(-100, 100), st.floats(-100, 100))


def regular(count: int, radius: float) -> np.ndarray:
    """A regular polygon, clockwise."""
    angles = -2 * math.pi * np.arange(count) / count
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


@given(width=sizes, height=sizes, density=sizes)
def test_mass_properties_of_a_rectangle(width: float, height: float, density: float) -> None:
    mass, inertia, centre = polygon_mass(box_corners(width, height), density)
    assert mass == pytest.approx(density * width * height, rel=REL)
    assert inertia == pytest.approx(mass * (width**2 + height**2) / 12, rel=REL)
    assert centre == pytest.approx([0, 0], abs=1e-12 * (width + height))


def test_box_corners_start_top_left_and_run_clockwise() -> None:
    assert box_corners(4.0, 2.0).tolist() == [[-2, 1], [2, 1], [2, -1], [-2, -1]]


@given(st.lists(shifts, min_size=3, max_size=3))
def test_mass_properties_of_a_triangle(corners: list[tuple[float, float]]) -> None:
    points = np.array(corners)
    (ux, uy), (vx, vy) = points[1] - points[0], points[2] - points[0]
    doubled = vx * uy - vy * ux
    if abs(doubled) < 1e-3:
        return  # no triangle; `test_degenerate_polygons_are_refused` has those
    points = points if doubled > 0 else points[::-1]
    mass, inertia, centre = polygon_mass(points, 2.0)
    assert mass == pytest.approx(abs(doubled), rel=1e-6)
    assert centre == pytest.approx(points.mean(axis=0), rel=1e-6, abs=1e-6)
    sides = points - np.roll(points, 1, axis=0)
    assert inertia == pytest.approx(mass * (sides**2).sum() / 36, rel=1e-6)  # of any triangle


@pytest.mark.parametrize("count", [3, 4, 5, 6, 12])
def test_mass_properties_of_regular_polygons(count: int) -> None:
    radius, density = 0.7, 1.3
    mass, inertia, centre = polygon_mass(regular(count, radius), density)
    assert mass == pytest.approx(density * count / 2 * radius**2 * math.sin(2 * math.pi / count), rel=REL)
    assert inertia == pytest.approx(mass * radius**2 / 6 * (2 + math.cos(2 * math.pi / count)), rel=REL)
    assert centre == pytest.approx([0, 0], abs=1e-15)


def test_hexagon_by_hand() -> None:
    mass, inertia, _ = polygon_mass(regular(6, 1.0), 1.0)
    assert mass == pytest.approx(3 * math.sqrt(3) / 2, rel=REL)
    assert inertia == pytest.approx(5 * math.sqrt(3) / 8, rel=REL)


def test_circle_has_half_the_inertia_of_a_disc() -> None:
    mass, inertia = circle_mass(0.5, 2.0)
    assert mass == pytest.approx(2.0 * math.pi * 0.25, rel=REL)
    assert inertia == pytest.approx(mass * 0.25 / 4, rel=REL)


@given(polygons(), shifts, st.floats(-10, 10), st.integers(0, 7))
def test_mass_does_not_depend_on_the_frame_or_the_first_corner(
    points: np.ndarray, shift: tuple[float, float], angle: float, first: int
) -> None:
    mass, inertia, centre = polygon_mass(points, 1.5)
    moved = rotate(np.roll(points, first, axis=0), angle) + shift
    moved_mass, moved_inertia, moved_centre = polygon_mass(moved, 1.5)
    tolerance = 1e-9  # corners 100 m away hold 1e-14 m; the smallest side is about 1e-2 m
    assert moved_mass == pytest.approx(mass, rel=tolerance)
    assert moved_inertia == pytest.approx(inertia, rel=tolerance)
    assert moved_centre == pytest.approx(rotate(centre, angle) + shift, abs=tolerance)


def test_mass_properties_keep_precision_far_from_the_origin() -> None:
    near = polygon_mass(regular(5, 0.1), 1.0)
    far = polygon_mass(regular(5, 0.1) + 1e5, 1.0)
    assert far[:2] == pytest.approx(near[:2], rel=1e-8)  # what rounding the corners themselves costs


@pytest.mark.parametrize("seed", range(5))
def test_mass_is_the_integral_of_density(seed: int) -> None:
    draw = np.random.default_rng(seed)
    angles = np.sort(draw.uniform(0, 2 * math.pi, 6))[::-1]
    points = np.stack([np.cos(angles), 0.6 * np.sin(angles)], axis=-1) + draw.uniform(-1, 1, 2)
    steps = 1000
    low, high = points.min(axis=0), points.max(axis=0)
    spacing = (high - low) / steps
    axes = [low[k] + spacing[k] * (np.arange(steps) + 0.5) for k in range(2)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    inside = np.ones(len(grid), bool)
    for start, end in zip(points, np.roll(points, -1, axis=0), strict=True):
        (ux, uy), arm = end - start, grid - start
        inside &= uy * arm[:, 0] - ux * arm[:, 1] >= 0
    cells = grid[inside]
    mass, inertia, centre = polygon_mass(points, 3.0)
    cell = 3.0 * spacing.prod()
    assert mass == pytest.approx(cell * len(cells), rel=2e-3)  # 1000 cells across, wrong by less than one at each end
    assert centre == pytest.approx(cells.mean(axis=0), abs=2e-3)
    assert inertia == pytest.approx(cell * ((cells - cells.mean(axis=0)) ** 2).sum(), rel=5e-3)


@given(polygons(), st.integers(0, 7))
def test_convex_clockwise_polygons_are_accepted_whatever_corner_is_first(points: np.ndarray, first: int) -> None:
    assert polygon_fault(np.roll(points, first, axis=0)) is None


@given(polygons())
def test_counter_clockwise_polygons_are_refused(points: np.ndarray) -> None:
    assert "counter-clockwise" in str(polygon_fault(points[::-1]))


@given(polygons(), st.integers(0, 7))
def test_a_concave_polygon_is_refused(points: np.ndarray, where: int) -> None:
    where %= len(points)
    dent = points[where] + 0.6 * (points.mean(axis=0) - points[where])
    dent = (points[where] + points[(where + 1) % len(points)] + dent) / 3  # inside, near the side it dents
    assert "strictly convex" in str(polygon_fault(np.insert(points, where + 1, dent, axis=0)))


@given(polygons(), st.integers(0, 7), st.floats(0.2, 0.8))
def test_a_corner_on_a_side_is_refused(points: np.ndarray, where: int, share: float) -> None:
    where %= len(points)
    middle = points[where] + share * (points[(where + 1) % len(points)] - points[where])
    assert "strictly convex" in str(polygon_fault(np.insert(points, where + 1, middle, axis=0)))


@pytest.mark.parametrize("turn, accepted", [(0.9 * LEAST_TURN, False), (1.1 * LEAST_TURN, True)])
@pytest.mark.parametrize("scale", [0.01, 1.0, 1000.0])
def test_corners_are_accepted_up_to_the_flattest_allowed_angle(turn: float, accepted: bool, scale: float) -> None:
    """A roof whose ridge turns by a given angle, at any size."""
    roof = np.array([(-1, 0), (0, math.tan(turn / 2)), (1, 0), (1, -1), (-1, -1)])
    assert (polygon_fault(scale * roof) is None) == accepted


def test_self_intersecting_polygons_are_refused() -> None:
    """A pentagram turns right at all corners, but goes round twice."""
    assert "crosses itself" in str(polygon_fault(regular(5, 1.0)[[0, 2, 4, 1, 3]]))


@pytest.mark.parametrize(
    "corners, message",
    [
        ([(0, 0), (1, 0), (2, 0)], "area"),
        ([(0, 1), (1, 0), (0, 0), (1, 1)], "area"),  # a bow tie encloses as much one way round as the other
        ([(0, 0), (0, 0), (0, 0)], "sides of at least 0.001 m, but corners 0 and 1 are 0 m apart"),
        ([(0, 1), (1, 0), (0, 0), (0, 1)], "corners 3 and 0 are 0 m apart"),  # the first corner repeated
        ([(0, 1), (1, 1), (1, 0.9995), (0, 0)], "corners 1 and 2 are 0.0005 m apart"),
        ([(0, 4e-5), (1e-3, 0), (0, -4e-5), (-1e-3, 0)], "area"),  # a needle: its sides are long enough
    ],
)
def test_degenerate_polygons_are_refused(corners: list[tuple[float, float]], message: str) -> None:
    assert message in str(polygon_fault(np.array(corners, float)))


@pytest.mark.parametrize("wall", WALLS)
def test_the_published_walls_are_convex_and_clockwise(wall: Wall) -> None:
    assert polygon_fault(np.array(wall.vertices)) is None


def test_rotation_is_counter_clockwise() -> None:
    assert rotate(np.array([[1.0, 0.0], [0.0, 1.0]]), math.pi / 2) == pytest.approx(np.array([[0, 1], [-1, 0]]))
