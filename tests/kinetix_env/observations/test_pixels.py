"""Pixel observations: positions, areas and colours at any resolution, and agreement with rendered pictures."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, SceneBuilder
from kinetix_env import Level, Role, empty_level, make
from kinetix_env.errors import ConfigError
from kinetix_env.observations import PixelsObservation
from kinetix_env.picture import draw
from tests.kinetix_env.episodes import CAPACITY, level, room, void
from tests.kinetix_env.transforms import mirrored, permuted, with_rubbish

ROWS = 12  # levels of a batch: one program for each resolution
SIZES = (25, 63, 126)
SPAN, LOW, LINE = 5.3, -0.15, 0.025  # m: what is shown, where it begins, the width of lines
WHITE, DARKER = 255.0, 0.6
COLOURS = {Role.NONE: (160, 160, 160), Role.GREEN: (0, 204, 0), Role.BLUE: (0, 102, 204), Role.RED: (255, 102, 102)}


@cache
def program(size: int) -> Any:
    env = make(CAPACITY, observation=PixelsObservation(size=size))
    return jax.jit(jax.vmap(lambda level: env.observation(env.start(level))))


def images(levels: Sequence[Level], size: int) -> np.ndarray:
    """Images as floats, [level, row, column, colour]."""
    batch = jax.tree.map(lambda *rows: jnp.stack(rows), *levels, *[levels[0]] * (ROWS - len(levels)))
    return np.asarray(program(size)(batch).image)[: len(levels)].astype(float)


def at(image: np.ndarray, x: float, y: float) -> tuple[float, ...]:
    """The colour of an image at a place (m)."""
    scale = len(image) / SPAN
    return tuple(image[int((SPAN + LOW - y) * scale), int((x - LOW) * scale)])


TRIANGLE = np.array([[0.0, 0.5], [0.4, -0.3], [-0.4, -0.3]])  # m, of area 0.32


@cache
def rich() -> Level:
    """A level with all roles, a motor, a spoke, a thruster, immovable shapes and overlapping shapes."""
    builder = room()
    box = builder.box((2.0, 1.4), width=1.1, height=0.5, angle=0.4)
    ball = builder.circle((2.5, 1.5), radius=0.35, angle=1.0)
    triangle = builder.polygon((4.0, 2.5), TRIANGLE, angle=2.0, immovable=True)
    other = builder.circle((1.0, 3.6), radius=0.15, immovable=True)
    builder.revolute(box, ball, anchor=(0.3, 0.1), motor=True)
    builder.thruster(box, position=(-0.3, 0.1), angle=0.7)
    return level(
        builder, {box: Role.GREEN, ball: Role.RED, triangle: Role.BLUE, other: Role.BLUE, 0: Role.RED}, motor=2
    )


@cache
def welded() -> Level:
    """A level with a fixed joint."""
    builder = room()
    box = builder.box((3.0, 3.0), width=0.5, height=1.5, angle=-0.3)
    builder.fixed(box, builder.circle((3.0, 3.4), radius=0.3, angle=-1.0), anchor=(0.1, 0.3))
    return level(builder, {box: Role.BLUE})


def darkness(area: float, perimeter: float, pointed: float, colour: Sequence[float]) -> np.ndarray:
    """m^2 times what is missing to white: of the shape within its line, and of the line.

    `pointed` says how the area of a shape grows whose border moves out by t: area + perimeter t + pointed t^2.
    """
    inside, outside = (area + sign * perimeter * LINE / 2 + pointed * LINE**2 / 4 for sign in (-1, 1))
    fill = np.array(colour, float)
    return inside * (WHITE - fill) + (outside - inside) * (WHITE - DARKER * fill)


def shapes(seed: int) -> dict[str, tuple[Level, np.ndarray, np.ndarray]]:
    """Single shapes without walls, how dark their images are, and where they are, at random places and angles."""
    draws = np.random.default_rng(seed)
    made = {}
    for kind in ("box", "slat", "triangle", "disc", "dot"):
        builder, place, angle = void(), draws.uniform(1.5, 3.5, 2), draws.uniform(0, 2 * np.pi)
        if kind in ("box", "slat"):
            width, height = {"box": (0.9, 0.5), "slat": (1.3, 0.1)}[kind]
            body = builder.box(place, width=width, height=height, angle=angle)
            size = (width * height, 2 * (width + height), 4.0)
        elif kind == "triangle":
            body = builder.polygon(place, TRIANGLE, angle=angle)
            perimeter = 0.8 + 2 * np.hypot(0.4, 0.8)
            size = (0.32, perimeter, perimeter**2 / (4 * 0.32))  # all sides touch one circle
        else:
            radius = {"disc": 0.4, "dot": 0.1}[kind]
            body = builder.circle(place, radius=radius, angle=angle)
            size = (np.pi * radius**2, 2 * np.pi * radius, np.pi)
        dark = darkness(*size, COLOURS[Role.BLUE])
        if kind in ("disc", "dot"):  # the spoke
            dark += (radius - LINE / 2) * LINE * (1 - DARKER) * np.array(COLOURS[Role.BLUE])
        made[f"{kind} {seed}"] = level(builder, {body: Role.BLUE}), dark, place
    return made


# at each size: how wrong the darkness of one shape, and the mean over many, may be; what is small has few pixels
TOLERANCE = {25: (0.15, 0.05), 63: (0.06, 0.01), 126: (0.02, 0.005)}


@pytest.mark.parametrize("size", SIZES)
def test_images_are_as_dark_as_shapes_are_large_and_where_they_are(size: int) -> None:
    wrong: dict[str, list[float]] = {}
    metres = LOW + (np.arange(size) + 0.5) * SPAN / size
    for seed in range(0, 12, 2):
        cases = shapes(seed) | shapes(seed + 1)
        empty, *seen = images([level(void()), *(one for one, _, _ in cases.values())], size)
        for image, (name, (_, dark, place)) in zip(seen, cases.items(), strict=True):
            missing = empty - image
            wrong.setdefault(name.split()[0], []).append(missing.sum() * (SPAN / size) ** 2 / dark.sum() - 1)
            if "box" in name:
                grey = missing.sum(axis=2)
                found = np.array([grey.sum(axis=0) @ metres, grey.sum(axis=1) @ metres[::-1]]) / grey.sum()
                np.testing.assert_allclose(found, place, atol=0.1 * SPAN / size)  # a tenth of a pixel
    each, mean = TOLERANCE[size]
    for errors in wrong.values():
        assert np.abs(errors).max() < each and abs(np.mean(errors)) < mean


@pytest.mark.parametrize(("size", "mean", "share"), [(63, 1.5, 0.003), (126, 0.6, 0.001)])
def test_they_are_the_pictures_for_people(size: int, mean: float, share: float) -> None:
    levels = [rich(), welded()]
    for image, one in zip(images(levels, size), levels, strict=True):
        # drawn 16 times larger, since Pillow draws lines with a whole number of pixels
        drawn = np.asarray(draw(one, size=4 * size)).reshape(size, 4, size, 4, 3).astype(float).mean(axis=(1, 3))
        apart = np.abs(image - drawn)
        assert apart.mean() < mean and (apart.max(axis=2) > 40).mean() < share


def test_an_image_is_the_downsampled_larger_image() -> None:
    levels = [rich(), welded()]
    coarse, fine = images(levels, 63), images(levels, 126)
    apart = np.abs(coarse - fine.reshape(2, 63, 2, 63, 2, 3).mean(axis=(2, 4)))
    assert apart.mean() < 0.6 and apart.max() < 60


def test_entities_have_their_colour_and_position() -> None:
    builder = room()
    bodies = [
        builder.box((1.0, 3.0), width=0.6, height=0.6),
        builder.box((2.0, 3.0), width=0.6, height=0.6, immovable=True),
        builder.circle((3.0, 3.0), radius=0.3, angle=np.pi / 2),
        builder.circle((4.0, 3.0), radius=0.3, angle=np.pi / 2, immovable=True),
    ]
    roles = list(Role)
    turned = [roles[k:] + roles[:k] for k in range(4)]
    levels = [level(builder, dict(zip(bodies, order, strict=True)) | {0: order[0], 3: order[1]}) for order in turned]
    for image, order in zip(images(levels, 126), turned, strict=True):
        for place, role in enumerate(order):
            still = place in (1, 3)
            expected = np.array(COLOURS[role]) * (DARKER if still else 1.0)
            np.testing.assert_allclose(at(image, place + 1.0, 2.85), expected, atol=0.51)
        assert at(image, 2.5, 2.0) == (WHITE,) * 3
        np.testing.assert_allclose(at(image, 2.5, 0.1), DARKER * np.array(COLOURS[order[0]]), atol=0.51)  # the floor
        np.testing.assert_allclose(at(image, 2.5, 5.1), DARKER * np.array(COLOURS[order[1]]), atol=0.51)  # the ceiling


def test_joints_and_thrusters_are_shown() -> None:
    builder = room()
    a, b = builder.box((2.0, 3.0), width=1.5, height=0.6), builder.box((3.5, 3.0), width=1.5, height=0.6)
    builder.revolute(a, b, anchor=(0.6, 0.0), motor=True)
    builder.thruster(a, position=(-0.3, 0.0), angle=0.0)
    driven = level(builder, motor=1, thruster=1)
    automatic = level(builder, motor=3, auto=True)
    image, other = images([driven, automatic], 126)
    assert at(image, 2.6, 3.0) == (0, 205, 230)
    assert np.sum(at(other, 2.6, 3.0)) < 0.8 * np.sum((255, 130, 0))  # the dot, of a bit more than a pixel
    np.testing.assert_allclose(at(image, 1.6, 3.0), (140, 85, 30), atol=12)  # behind the tip, which is at 1.7
    np.testing.assert_allclose(at(other, 1.6, 3.0), (125, 40, 175), atol=12)
    assert at(image, 1.85, 3.0) == at(image, 1.4, 3.0) == COLOURS[Role.NONE]


def test_larger_bodies_lie_below_smaller_ones_and_equal_ones_in_their_order() -> None:
    def pair(first: float, second: float) -> Level:
        builder = void()
        bodies = [builder.box((x, 2.5), width=width, height=0.6) for x, width in ((2.4, first), (2.6, second))]
        return level(builder, dict(zip(bodies, (Role.GREEN, Role.RED), strict=True)))

    shown = [at(image, 2.5, 2.5) for image in images([pair(0.8, 0.6), pair(0.6, 0.8), pair(0.7, 0.7)], 126)]
    assert shown == [COLOURS[role] for role in (Role.RED, Role.GREEN, Role.RED)]


def test_in_the_mirror_everything_is_mirrored() -> None:
    builder = room()
    box = builder.box((2.0, 1.4), width=1.1, height=0.5, angle=0.4)
    triangle = builder.polygon((3.2, 2.5), TRIANGLE, angle=2.0)
    builder.fixed(box, triangle, anchor=(0.3, 0.1))
    builder.thruster(box, position=(-0.3, 0.1), angle=0.7)
    one = level(builder, {box: Role.GREEN, triangle: Role.BLUE})
    image, reflection = images([one, mirrored(one, CAPACITY)], 126)
    np.testing.assert_allclose(reflection, image[:, ::-1], atol=1)  # rounded to whole numbers


def test_images_do_not_depend_on_the_order_of_bodies() -> None:
    order = [0, 1, 2, 3, 5, 4, 7, 6]
    image, other = images([rich(), permuted(rich(), CAPACITY, order)], 126)
    np.testing.assert_array_equal(image, other)


def test_absent_entities_are_not_drawn() -> None:
    builder = room()
    box = builder.box((2.0, 1.0), width=0.5, height=0.5)
    sparse = [level(builder, {box: Role.GREEN}), level(room()), level(void())]
    rubbish = [with_rubbish(one, CAPACITY, seed) for seed, one in enumerate(sparse)]
    clean, dirty = np.split(images([*sparse, *rubbish], 126), 2)
    np.testing.assert_array_equal(clean, dirty)


def test_gravity_is_shown() -> None:
    levels = [level(SceneBuilder(CAPACITY, gravity=(0.0, pull))) for pull in (-9.81, 0.0, 3.0)]
    batch = jax.tree.map(lambda *rows: jnp.stack(rows), *levels, *[levels[0]] * (ROWS - 3))
    told = program(126)(batch).global_features
    np.testing.assert_allclose(told[:3, 0], [-0.981, 0.0, 0.3], rtol=1e-6)


@pytest.mark.parametrize("vertices", [3, 6])
def test_images_of_any_capacity_can_be_drawn(vertices: int) -> None:
    capacity = Capacity(polygons=1, circles=0, joints=0, thrusters=0, static_polygons=0, vertices=vertices)
    env = make(capacity, observation=PixelsObservation(size=9))
    scene = SceneBuilder(capacity, walls=False)
    scene.polygon((2.5, 2.5), 3 * TRIANGLE)
    one = level(scene)
    image = np.asarray(jax.jit(env.observation)(env.start(one)).image)
    assert tuple(image[4, 4]) == COLOURS[Role.NONE] and tuple(image[1, 1]) == (WHITE,) * 3


def test_shapes_and_bad_sizes() -> None:
    env = make("kinetix-l", observation="pixels")
    seen = jax.eval_shape(env.reset, jax.random.key(0), empty_level(env.engine.capacity))[0]
    assert seen.image.shape == (125, 125, 3) and seen.image.dtype == np.uint8
    for size in (7, 64.0, True):
        with pytest.raises(ConfigError, match=r"PixelsObservation\.size must be an integer of at least 8, got"):
            PixelsObservation(size=size)
