"""Writes `kinetix-level/1`: a `NamedLevel` in, JSON values out, without anything that a reader knows already.

What may be left out is found by working it out as the reader does and comparing the bits."""

from collections.abc import Iterator, Sequence
from itertools import count, groupby
from typing import Any

import numpy as np

from jax2d import Capacity

from ..errors import LevelError
from ..level.bounds import COUNTS
from ..level.canonical import canonical
from ..level.layout import Arrays, from_level
from ..level.named import NamedLevel
from ..level.physics import PHYSICS, stated
from ..level.sizes import SIZES
from ..level.validate import check_arrays, check_shapes
from .reading_bodies import walls_fit
from .text import number_out
from .words import FORMAT, GRAVITY, WALLS
from .writing_bodies import same, vector_out, write_body, write_wall
from .writing_links import write_joint, write_thruster

__all__ = ["write_document"]


def write_document(named: NamedLevel) -> dict[str, Any]:
    """The JSON document of a level, which is checked first."""
    arrays, capacity = from_level(named.level), named.capacity
    check_shapes(arrays, capacity)
    check_arrays(arrays, capacity)
    arrays = canonical(arrays, capacity)
    document: dict[str, Any] = {"format": FORMAT, "name": named.name}
    document |= {key: text for key in ("description", "family") if (text := getattr(named, key))}
    if named.tags:
        document["tags"] = list(named.tags)
    document["size"] = _size(capacity)
    if not same(arrays["scene.gravity"], GRAVITY):
        document["gravity"] = vector_out(arrays["scene.gravity"])
    if physics := stated(arrays.get(PHYSICS)):
        document["physics"] = {name: number_out(value) for name, value in physics.items()}
    document |= _entities(arrays, capacity, _names(arrays, named))
    if named.notes:
        document["notes"] = named.notes
    if named.solution is not None:
        document["solution"] = _schedule(named.solution)
    return document


def _schedule(actions: Sequence[tuple[int, ...]]) -> list[Any]:
    """The actions, those that are held written once with the number of their steps."""
    held = [(list(action), len(list(group))) for action, group in groupby(map(tuple, actions))]
    return [action if steps == 1 else [action, steps] for action, steps in held]


def _size(capacity: Capacity) -> Any:
    """The letter of a published size, otherwise the counts."""
    for name, size in SIZES.items():
        if size == capacity:
            return name
    for name, (least, most) in COUNTS.items():
        if not least <= getattr(capacity, name) <= most:
            raise LevelError(f"size.{name} must be from {least} to {most} in a file, got {getattr(capacity, name)}.")
    counts = {key: getattr(capacity, key) for key in ("polygons", "circles", "joints", "thrusters")}
    optional = {key: getattr(capacity, key) for key in ("static_polygons", "vertices")}
    return counts | {key: number for key, number in optional.items() if number != 4}


def _names(arrays: Arrays, named: NamedLevel) -> dict[int, str]:
    """A name for each body by its row: its own if it has one, otherwise its kind and a number."""
    rows: list[int] = np.flatnonzero(arrays["scene.active"]).tolist()
    names = dict(enumerate(WALLS)) if walls_fit(named.capacity) else {}
    own = named.body_names or ("",) * named.capacity.bodies
    taken = {*WALLS, *(own[row] for row in rows if row not in names)}
    fresh = {kind: _unused(kind, taken) for kind in ("polygon", "circle")}
    used = set(WALLS)
    for row in rows:
        if row not in names:
            kind = "polygon" if row < named.capacity.polygons else "circle"
            names[row] = own[row] if own[row] and own[row] not in used else next(fresh[kind])
            used.add(names[row])
    return names


def _unused(kind: str, taken: set[str]) -> Iterator[str]:
    return (name for number in count(1) if (name := f"{kind}-{number}") not in taken)


def _entities(arrays: Arrays, capacity: Capacity, names: dict[int, str]) -> dict[str, Any]:
    """The parts of the document that say what exists; those that are empty are left out."""
    parts: dict[str, Any] = {"walls": {}, "bodies": [], "joints": [], "thrusters": []}
    rows: list[int] = np.flatnonzero(arrays["scene.active"]).tolist()
    walls = len(WALLS) if walls_fit(capacity) else 0
    for row in range(walls):
        wall = write_wall(arrays, row) if arrays["scene.active"][row] else False
        parts["walls"] |= {names[row]: wall} if wall != {} else {}
    if walls and not arrays["scene.active"][:walls].any():
        parts["walls"] = False
    slots = _Slots(capacity)
    for row in rows:
        if row >= walls:
            kind, first = ("circles", capacity.polygons) if row >= capacity.polygons else ("polygons", 0)
            parts["bodies"].append(write_body(arrays, capacity, row, names[row]) | slots.of(kind, row - first))
    for row in np.flatnonzero(arrays["scene.joints.active"]).tolist():
        parts["joints"].append(write_joint(arrays, row, names) | slots.of("joints", row))
    for row in np.flatnonzero(arrays["scene.thrusters.active"]).tolist():
        parts["thrusters"].append(write_thruster(arrays, row, names) | slots.of("thrusters", row))
    return {key: part for key, part in parts.items() if part or part is False}


class _Slots:
    """Where the reader would put the next entity of each kind; only what goes elsewhere says so."""

    def __init__(self, capacity: Capacity) -> None:
        self._next = {"polygons": capacity.static_polygons, "circles": 0, "joints": 0, "thrusters": 0}

    def of(self, kind: str, slot: int) -> dict[str, int]:
        expected, self._next[kind] = self._next[kind], slot + 1
        return {} if slot == expected else {"slot": slot}
