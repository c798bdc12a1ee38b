"""Reads `kinetix-level/1`: JSON values in, a `NamedLevel` out. docs/levels.md describes the format.

Every error is a `LevelError` with the path of the field; who knows the file puts its name before it."""

from typing import Any

import numpy as np

from jax2d import Capacity, SceneError
from jax2d.checks import shown

from ..errors import LevelError, pick
from ..level.bounds import COUNTS
from ..level.bounds import PHYSICS as PHYSICS_LIMITS
from ..level.canonical import canonical
from ..level.layout import Arrays, blank, to_level
from ..level.named import LONGEST_SOLUTION, MOST_TAGS, NamedLevel, check_action, check_metadata
from ..level.physics import PHYSICS, physics_row
from ..level.sizes import SIZES
from ..level.validate import check_arrays
from .reading_bodies import Bodies, read_body, read_walls
from .reading_links import read_joint, read_thruster
from .values import Fields, at, closest, fail, integer
from .words import FORMAT, GRAVITY, LEVEL_FIELDS, PHYSICS_FIELDS

__all__ = ["named_level", "read_document"]


def read_document(document: Any, name: str) -> NamedLevel:
    """The level that a JSON document in our format describes; `name` is its name if it does not say one."""
    fields = Fields(document, "", LEVEL_FIELDS)
    version = fields.raw("format")
    if version != FORMAT:
        raise fail("format", f"be {FORMAT!r}", version)
    capacity = _capacity(fields)
    arrays = blank(capacity)
    arrays["scene.gravity"][:] = fields.vector("gravity", GRAVITY)
    arrays[PHYSICS] = _physics(fields)
    bodies = Bodies(arrays, capacity)
    read_walls(fields, bodies)
    for index, item in enumerate(fields.items("bodies", capacity.bodies, [])):
        read_body(item, at("bodies", index), bodies)
    for index, item in enumerate(fields.items("joints", capacity.joints, [])):
        read_joint(item, at("joints", index), bodies)
    for index, item in enumerate(fields.items("thrusters", capacity.thrusters, [])):
        read_thruster(item, at("thrusters", index), bodies)
    metadata = {key: fields.raw(key) for key in ("description", "family", "notes") if key in fields}
    return named_level(
        arrays,
        capacity,
        name=fields.raw("name", name),
        tags=tuple(fields.items("tags", MOST_TAGS, [])),
        solution=_solution(fields),
        body_names=bodies.names_by_row(),
        **metadata,
    )


def named_level(arrays: Arrays, capacity: Capacity, **metadata: Any) -> NamedLevel:
    """A checked level of these arrays, in their canonical form."""
    check_metadata(metadata)
    arrays = canonical(arrays, capacity)
    check_arrays(arrays, capacity)
    return NamedLevel(level=to_level(arrays, capacity), **metadata)


def _physics(fields: Fields) -> np.ndarray:
    """The physics parameters that the file states, as a row."""
    given = Fields(fields.raw("physics", {}), "physics", PHYSICS_FIELDS)
    return physics_row({name: given.number(name, PHYSICS_LIMITS[name]) for name in PHYSICS_FIELDS if name in given})


def _capacity(fields: Fields) -> Capacity:
    size = fields.raw("size")
    if isinstance(size, str):
        if size not in SIZES:
            hint = closest(size, SIZES)
            raise LevelError(
                f"size must be one of {', '.join(map(repr, SIZES))} or an object, got {shown(size)}.{hint}"
            )
        return pick("size", size, SIZES)
    counts = Fields(size, "size", COUNTS)
    defaults = {"static_polygons": 4, "vertices": 4}
    given = {name: counts.integer(name, limits, *_default(defaults, name)) for name, limits in COUNTS.items()}
    try:
        return Capacity(**given)
    except SceneError as error:
        raise LevelError(f"size cannot be a capacity: {error}") from None


def _default(defaults: dict[str, int], name: str) -> tuple[int, ...]:
    return (defaults[name],) if name in defaults else ()


def _solution(fields: Fields) -> Any:
    """The actions as tuples, one per environment step; `[action, steps]` is one that is held."""
    if "solution" not in fields:
        return None
    rows: list[Any] = []
    for index, item in enumerate(fields.items("solution", LONGEST_SOLUTION, least=1)):
        path, action, steps = at("solution", index), item, 1
        if isinstance(item, list) and len(item) == 2 and isinstance(item[0], list):
            path, action, steps = at(path, 0), item[0], integer(item[1], at(path, 1), (1, LONGEST_SOLUTION))
        if isinstance(action, list):
            action = tuple(map(_whole, action))
        check_action(action, path)
        rows += [action] * steps
        if len(rows) > LONGEST_SOLUTION:
            raise LevelError(f"solution must have at most {LONGEST_SOLUTION} environment steps, got more.")
    return tuple(rows)


def _whole(value: Any) -> Any:
    """JSON has one type of number: 1.0 is the integer 1. Anything else stays for `NamedLevel` to refuse."""
    return int(value) if type(value) is float and np.isfinite(value) and value == int(value) else value
