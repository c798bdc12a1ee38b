"""The layout of the arrays of a scene or a state, read off the annotations of their classes.

`Float[Array, "joint 2"]` says everything about a field: its type, and that it has a row of two numbers for each joint.
Whatever handles all fields alike (empty scenes, the builder, checks, level files, pools of levels) reads this table, so
that a field is added in one place: the class that has it."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_type_hints

import equinox as eqx
import numpy as np

from .capacity import Capacity
from .slots import contact_slots

__all__ = ["Field", "axis_sizes", "from_arrays", "layout", "shapes"]

M = TypeVar("M", bound=eqx.Module)

_TYPES = (("bool", np.bool_), ("int32", np.int32), ("float32", np.float32))


class Field(NamedTuple):
    """The type and the axes of one array: an axis is "body", "polygon", ..., or a number such as "2"."""

    dtype: np.dtype[Any]
    axes: tuple[str, ...]


@cache
def layout(kind: type[eqx.Module]) -> dict[str, Field]:
    """Every array of a class by the path to it, such as "joints.anchor_a", in the order of `jax.tree.leaves`."""
    table: dict[str, Field] = {}
    for name, annotation in _dynamic(kind).items():
        if _is_module(annotation):
            table |= {f"{name}.{path}": field for path, field in layout(annotation).items()}
        else:
            table[name] = Field(_dtype(annotation), tuple(annotation.dim_str.split()))
    return table


@cache
def axis_sizes(capacity: Capacity) -> dict[str, int]:
    """The length of every named axis in scenes of a capacity."""
    return {
        "polygon": capacity.polygons,
        "vertex": capacity.vertices,
        "circle": capacity.circles,
        "body": capacity.bodies,
        "joint": capacity.joints,
        "thruster": capacity.thrusters,
        "contact": len(contact_slots(capacity)),
    }


@cache
def shapes(kind: type[eqx.Module], capacity: Capacity) -> dict[str, tuple[int, ...]]:
    """The shape of every array of a class in a capacity, by path."""
    sizes = axis_sizes(capacity)
    return {
        path: tuple(int(axis) if axis.isdigit() else sizes[axis] for axis in field.axes)
        for path, field in layout(kind).items()
    }


def from_arrays(kind: type[M], arrays: Mapping[str, Any], capacity: Capacity, prefix: str = "") -> M:
    """An object of a class from its arrays by path; `prefix` is what all of the paths begin with."""
    parts: dict[str, Any] = {}
    for name, annotation in _dynamic(kind).items():
        path = prefix + name
        nested = _is_module(annotation)
        parts[name] = from_arrays(annotation, arrays, capacity, f"{path}.") if nested else arrays[path]
    if "capacity" in (field.name for field in fields(kind)):
        parts["capacity"] = capacity
    return kind(**parts)


@cache
def _dynamic(kind: type[eqx.Module]) -> dict[str, Any]:
    """The annotations of the fields that are not static, by name."""
    annotations = get_type_hints(kind)
    return {field.name: annotations[field.name] for field in fields(kind) if not field.metadata.get("static")}


def _is_module(annotation: Any) -> bool:
    return isinstance(annotation, type) and not hasattr(annotation, "dim_str") and issubclass(annotation, eqx.Module)


def _dtype(annotation: Any) -> np.dtype[Any]:
    """The first of flag, index and number that an annotation allows."""
    return next(np.dtype(dtype) for name, dtype in _TYPES if name in annotation.dtypes)
