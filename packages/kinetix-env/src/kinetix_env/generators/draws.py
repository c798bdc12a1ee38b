"""The random numbers behind one shape or one thruster, drawn all at once: a generator of random bits costs little per
number and much per call. Each is uniform in [0, 1); the fields say what it decides."""

from typing import NamedTuple, TypeVar

from jaxtyping import Array

__all__ = ["ShapeDraws", "ThrusterDraws", "named"]


class ShapeDraws(NamedTuple):
    """Random numbers of one free or connected shape."""

    kind: Array  # polygon or circle
    role: Array
    side_x: Array
    side_y: Array
    long_axis: Array
    long: Array
    radius: Array
    corners: Array
    angle: Array
    opposite: Array
    place_x: Array  # in the world if it is free, of the joint on the shape if it is connected
    place_y: Array
    immovable: Array
    low: Array
    target_kind: Array
    target: Array
    target_x: Array
    target_y: Array
    fixed: Array
    motor: Array
    binding: Array
    speed: Array
    power: Array
    limited: Array
    least: Array
    most: Array


class ThrusterDraws(NamedTuple):
    """Random numbers of one thruster."""

    exists: Array
    body: Array
    place_x: Array
    place_y: Array
    inwards: Array
    aligned: Array
    angle: Array
    power: Array
    binding: Array


T = TypeVar("T", bound=ShapeDraws | ThrusterDraws)


def named(kind: type[T], numbers: Array) -> T:
    """The draws of a kind from an array whose first axis has one row per field."""
    return kind(*(numbers[k] for k in range(len(kind._fields))))
