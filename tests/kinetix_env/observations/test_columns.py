"""Named columns of observations: their values equal the state's, and the documentation lists them all."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, SceneBuilder
from kinetix_env import ConfigError, EnvState, Role, make
from kinetix_env.observations import (
    BODY,
    CIRCLE,
    JOINT,
    THRUSTER,
    Columns,
    EntityObservation,
    FlatObservation,
    entity_columns,
    flat_columns,
    flat_mask,
    polygon_columns,
)
from tests.kinetix_env.episodes import level

CAPACITY = Capacity(polygons=7, circles=2, joints=3, thrusters=2)
MOVES = {"position", "velocity", "spin", "angle"}
PAGE = Path(__file__).parents[3] / "docs" / "observations.md"


@cache
def state() -> EnvState:
    """The start of a level with everything in it."""
    builder = SceneBuilder(CAPACITY)
    boxes = [builder.box((1.0 + x, 2.0), width=0.5, height=0.2, angle=x, density=2.0) for x in range(3)]
    circles = [builder.circle((1.0 + x, 3.0), radius=0.1 + 0.1 * x, friction=0.5) for x in range(2)]
    builder.revolute(boxes[0], circles[0], anchor=(0.1, 0.0), motor=True, motor_speed=1.5, limits=(-0.5, 1.0))
    builder.fixed(boxes[1], boxes[2], anchor=(0.2, 0.1))
    for x in (0.1, 0.3):
        builder.thruster(boxes[2], position=(x, 0.0), angle=x, power=x)
    return make(CAPACITY).start(level(builder, {boxes[0]: Role.GREEN, circles[1]: Role.BLUE}))


def test_named_columns_equal_the_values_of_the_state() -> None:
    seen, scene = EntityObservation().build(CAPACITY)(state()), state().level.scene
    columns = entity_columns(CAPACITY)
    for kind, table in columns.items():
        assert getattr(seen, kind).shape[1] == table.width

    def of(kind: str, name: str) -> np.ndarray:
        rows = np.asarray(getattr(seen, kind))
        return rows[: getattr(CAPACITY, kind), columns[kind][name]].squeeze()

    np.testing.assert_array_equal(of("polygons", "position"), state().physics.position[: CAPACITY.polygons])
    np.testing.assert_array_equal(of("circles", "friction"), scene.friction[CAPACITY.polygons :])
    np.testing.assert_array_equal(of("circles", "radius"), scene.radius)
    joined = scene.joints.active[:, None]
    np.testing.assert_array_equal(of("joints", "anchor"), jnp.where(joined, scene.joints.anchor_b, 0))
    np.testing.assert_array_equal(of("thrusters", "power"), scene.thrusters.power)
    np.testing.assert_allclose(of("polygons", "gravity"), scene.gravity[1] / 10, rtol=1e-6)


def test_numbers_lie_in_the_ranges_of_their_columns() -> None:
    numbers = np.asarray(FlatObservation().build(CAPACITY)(state()))
    for found in flat_columns(CAPACITY):
        part, column = numbers[found.place], found.column
        assert part.shape == (column.width,)
        assert (part >= column.low - 1e-6).all() and (part <= column.high + 1e-6).all(), found


@pytest.mark.parametrize("polygon", [0, 4, 6])
def test_the_mask_of_a_body_is_what_changes_when_the_body_does(polygon: int) -> None:
    see, before = FlatObservation().build(CAPACITY), state()
    physics = before.physics
    names = ("position", "angle", "velocity", "angular_velocity")
    moved = {name: getattr(physics, name).at[polygon].add(0.3) for name in names}
    after = replace(before, physics=replace(physics, **moved))
    changed = np.asarray(see(before) != see(after))
    expected = np.zeros_like(changed)
    for found in flat_columns(CAPACITY):
        if (found.entity, found.row) == ("polygons", polygon) and found.column.name in MOVES:
            expected[found.place] = True
    np.testing.assert_array_equal(changed, expected)
    assert (flat_mask(CAPACITY, "polygons", polygon) | ~changed).all()


def test_entity_masks_partition_the_flat_observation() -> None:
    counts = {"polygons": 7, "circles": 2, "joints": 3, "thrusters": 2, "world": 1}
    masks = [flat_mask(CAPACITY, kind, row) for kind, count in counts.items() for row in range(count)]
    assert (np.sum(masks, axis=0) == 1).all()
    assert [mask.any() for mask in masks[:5]] == [True, False, False, False, True]  # the walls are left out
    with pytest.raises(ConfigError, match=r"No entity called 'polygon'. Did you mean 'polygons'"):
        flat_mask(CAPACITY, "polygon", 0)
    with pytest.raises(ConfigError, match="row must be at least 0 and less than 3, got 3"):
        flat_mask(CAPACITY, "joints", 3)


def test_unknown_columns_and_wrong_widths_are_refused() -> None:
    with pytest.raises(KeyError, match=r"No column called 'positon'. Did you mean 'position'"):
        BODY["positon"]
    with pytest.raises(ValueError, match=r"These columns are \['radius', 'circle'\], got \['radius'\]"):
        Columns(*CIRCLE.columns[-2:]).pack({"radius": jnp.zeros(3)})
    with pytest.raises(ValueError, match=r"The column 'circle' is 1 wide, got shape \(3, 2\)"):
        Columns(*CIRCLE.columns[-2:]).pack({"radius": jnp.zeros(3), "circle": jnp.zeros((3, 2))})


def table(columns: Columns, start: int = 0) -> str:
    """The columns from one on, in Markdown."""
    rows = ["| Columns | Name | Unit | Range | Meaning |", "| --- | --- | --- | --- | --- |"]
    for column in columns.columns:
        place = columns[column.name]
        if place.start < start:
            continue
        numbers = f"{place.start}" if column.width == 1 else f"{place.start}\u2013{place.stop - 1}"
        bounded = (column.low, column.high) != (-np.inf, np.inf)
        limits = f"{column.low:g} to {column.high:g}".replace("inf", "\u221e") if bounded else ""
        rows.append(f"| {numbers} | `{column.name}` | {column.unit} | {limits} | {column.meaning} |")
    return "\n".join(rows)


TABLES = {
    "body": table(BODY),
    "polygon": table(polygon_columns(4), BODY.width),
    "circle": table(CIRCLE, BODY.width),
    "joint": table(JOINT),
    "thruster": table(THRUSTER),
}


@pytest.mark.parametrize("kind", TABLES)
def test_the_documentation_lists_the_columns(kind: str) -> None:
    assert TABLES[kind] in PAGE.read_text(encoding="utf-8"), TABLES[kind]
