"""The columns of the entity and the flat observations by name: where they are, their unit and their range.

The observations are made from these tables, so that they cannot differ from them:

    BODY["velocity"]                                # slice(2, 4), of the rows of polygons and of circles
    entity_columns(capacity)["joints"]["motor"]     # slice(10, 11)
    flat_columns(capacity)                          # each number of the flat observation: whose it is, and which column
    flat_mask(capacity, "polygons", 4)              # the numbers of the flat observation that describe polygon 4
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from jax2d import Capacity

from ..errors import ConfigError, unknown
from ..level.level import Role
from ..level.sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS

__all__ = [
    "BODY",
    "CIRCLE",
    "FLAT_BOUND",
    "JOINT",
    "THRUSTER",
    "Column",
    "Columns",
    "FlatColumn",
    "entity_columns",
    "flat_columns",
    "flat_mask",
    "flat_tables",
    "polygon_columns",
    "shown_polygons",
]

FLAT_BOUND = 10.0  # the numbers of flat observations are clipped to [-FLAT_BOUND, FLAT_BOUND]


@dataclass(frozen=True)
class Column:
    """One or several columns of a row that belong together."""

    name: str
    width: int  # columns
    unit: str  # "" for pure numbers
    low: float = -inf
    high: float = inf
    meaning: str = ""


class Columns(Mapping[str, slice]):
    """The columns of a row, in order: names to slices."""

    def __init__(self, *columns: Column) -> None:
        self.columns = columns
        ends = np.cumsum([column.width for column in columns])
        self.width = int(ends[-1])  # columns in all
        places = zip(columns, ends, strict=True)
        self._slices = {column.name: slice(int(end) - column.width, int(end)) for column, end in places}

    def __getitem__(self, name: str) -> slice:
        if name not in self._slices:
            raise KeyError(unknown("column", name, self._slices))
        return self._slices[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._slices)

    def __len__(self) -> int:
        return len(self._slices)

    def __add__(self, more: "Columns") -> "Columns":
        """These columns, and further ones on their right."""
        return Columns(*self.columns, *more.columns)

    def pack(self, parts: Mapping[str, Array]) -> Float[Array, "row column"]:
        """Rows of these columns from parts by name, each [row, width], or [row] for a single column."""
        if parts.keys() != self._slices.keys():
            raise ValueError(f"These columns are {list(self)}, got {list(parts)}.")
        wide = []
        for column in self.columns:
            part = parts[column.name].astype(jnp.float32)
            wide.append(part if part.ndim == 2 else part[:, None])
            if wide[-1].shape[1] != column.width:
                raise ValueError(f"The column {column.name!r} is {column.width} wide, got shape {part.shape}.")
        return jnp.concatenate(wide, axis=1)


BODY = Columns(
    Column("position", 2, "m", meaning="x and y of the center of mass"),
    Column("velocity", 2, "m/s"),
    Column("inverse_mass", 1, "1/kg", 0.0, meaning="0 for what never moves"),
    Column("inverse_inertia", 1, "1/(kg m^2)", 0.0, meaning="0 for what never turns"),
    Column("density", 1, "kg/m^2", 0.0),
    Column("spin", 1, "", -1.0, 1.0, meaning="tanh(angular velocity / 10 rad/s)"),
    Column("role", len(Role), "", 0.0, 1.0, meaning="one-hot: none, green, blue, red"),
    Column("angle", 2, "", -1.0, 1.0, meaning="sine and cosine"),
    Column("friction", 1, "friction of the engine", 0.0),
    Column("restitution", 1, "", 0.0, 1.0, meaning="0 no bounce, 1 full bounce"),
)

CIRCLE = BODY + Columns(
    Column("radius", 1, "m", 0.0),
    Column("circle", 1, "", 0.0, 1.0, meaning="1"),
)

JOINT = Columns(
    Column("active", 1, "", 0.0, 1.0, meaning="1"),
    Column("fixed", 1, "", 0.0, 1.0, meaning="1 for a fixed joint, whose columns from `motor_speed` on are 0"),
    Column("anchor", 2, "m", meaning="on the body that the row is seen from, in its frame"),
    Column("other_anchor", 2, "m", meaning="on the other body, in its frame"),
    Column("rotation", 2, "", -1.0, 1.0, meaning="sine and cosine of the relative angle at which the joint angle is 0"),
    Column("motor_speed", 1, "motor speed of the engine"),
    Column("motor_power", 1, "motor power of the engine", 0.0),
    Column("motor", 1, "", 0.0, 1.0, meaning="1 if there is a motor"),
    Column("limited", 1, "", 0.0, 1.0, meaning="1 if there are limits; without, all of the columns of limits are 0"),
    Column("binding", MOTOR_BINDINGS, "", 0.0, 1.0, meaning="one-hot: the motor of the action it listens to"),
    Column("min_angle", 2, "", -1.0, 1.0, meaning="sine and cosine of the lower limit"),
    Column("max_angle", 2, "", -1.0, 1.0, meaning="sine and cosine of the upper limit"),
    Column("min_from_rotation", 1, "rad", meaning="lower limit minus rotation"),
    Column("max_from_rotation", 1, "rad", meaning="upper limit minus rotation"),
)

THRUSTER = Columns(
    Column("active", 1, "", 0.0, 1.0, meaning="1"),
    Column("position", 2, "m", meaning="in the frame of its body"),
    Column("binding", THRUSTER_BINDINGS, "", 0.0, 1.0, meaning="one-hot: the thruster of the action it listens to"),
    Column("direction", 2, "", -1.0, 1.0, meaning="sine and cosine of its angle, in the frame of its body"),
    Column("power", 1, "thruster power of the engine", 0.0),
)

GRAVITY = Column("gravity", 1, "10 m/s^2", meaning="vertical gravity, the same in all rows")


def polygon_columns(vertices: int) -> Columns:
    """The columns of polygons of up to this many corners."""
    return BODY + Columns(
        Column("radius", 1, "m", 0.0, 0.0, meaning="0"),
        Column("corners", 2 * vertices, "m", meaning="x and y of each, in the body's frame; -1 where there is none"),
        Column("triangle", 1, "", 0.0, 1.0, meaning="1 for a triangle"),
    )


def entity_columns(capacity: Capacity) -> dict[str, Columns]:
    """The columns of each table of `Entities`: polygons, circles, joints and thrusters."""
    bodies = Columns(GRAVITY)
    polygons, circles = polygon_columns(capacity.vertices) + bodies, CIRCLE + bodies
    return {"polygons": polygons, "circles": circles, "joints": JOINT, "thrusters": THRUSTER}


def shown_polygons(capacity: Capacity) -> tuple[int, ...]:
    """The polygons of flat observations: all but the left and right wall and the ceiling, which never differ."""
    return tuple(row for row in range(capacity.polygons) if row == 0 or row >= capacity.static_polygons)


def flat_tables(capacity: Capacity) -> dict[str, Columns]:
    """The columns of each row that flat observations put together; joints have one row, seen from their body b."""

    def one_hot(name: str, meaning: str) -> Column:
        return Column(name, capacity.bodies, "", 0.0, 1.0, f"one-hot: {meaning}; polygons first, then circles")

    return {
        "polygons": polygon_columns(capacity.vertices),
        "circles": CIRCLE,
        "joints": JOINT + Columns(one_hot("body_b", "the body seen from"), one_hot("body_a", "the other body")),
        "thrusters": THRUSTER + Columns(one_hot("body", "the body that it pushes")),
    }


class FlatColumn(NamedTuple):
    """Some numbers of the flat observation."""

    entity: str  # "polygons", "circles", "joints" or "thrusters"; "world" for gravity
    row: int  # number of the polygon, circle, joint or thruster in the level
    column: Column
    place: slice  # in the flat observation


def flat_columns(capacity: Capacity) -> tuple[FlatColumn, ...]:
    """All numbers of the flat observation, in order."""
    numbers = {
        "polygons": shown_polygons(capacity),
        "circles": range(capacity.circles),
        "joints": range(capacity.joints),
        "thrusters": range(capacity.thrusters),
    }
    found, start = [], 0
    for entity, columns in flat_tables(capacity).items():
        for row in numbers[entity]:
            for column in columns.columns:
                found.append(FlatColumn(entity, row, column, slice(start, start + column.width)))
                start += column.width
    return (*found, FlatColumn("world", 0, GRAVITY, slice(start, start + 1)))


def flat_mask(capacity: Capacity, entity: str, row: int) -> np.ndarray:
    """Which numbers of the flat observation describe a polygon, circle, joint or thruster of a level: [number], bool.

    `entity` is "polygons", "circles", "joints" or "thrusters", or "world" with row 0 for gravity. The mask of a wall
    that the flat observation leaves out is empty.
    """
    columns = flat_columns(capacity)
    counts = {name: getattr(capacity, name) for name in flat_tables(capacity)} | {"world": 1}
    if entity not in counts:
        raise ConfigError(unknown("entity", entity, counts))
    if not 0 <= row < counts[entity]:
        raise ConfigError(f"flat_mask: row must be at least 0 and less than {counts[entity]}, got {row}.")
    mask = np.zeros(columns[-1].place.stop, bool)
    for found in columns:
        if (found.entity, found.row) == (entity, row):
            mask[found.place] = True
    return mask
