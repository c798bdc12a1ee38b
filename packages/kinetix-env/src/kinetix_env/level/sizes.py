"""Sizes of levels: the published ones by letter, others by counts; and how many actions there are in every size."""

from collections.abc import Iterable
from dataclasses import fields

from jax2d import Capacity, SceneError

from ..errors import ConfigError, pick
from .bounds import COUNTS

__all__ = ["MOTOR_BINDINGS", "SIZES", "THRUSTER_BINDINGS", "capacity_of", "common_capacity", "size_of"]

MOTOR_BINDINGS = 4  # numbers of an action that drive motors; every joint listens to one of them
THRUSTER_BINDINGS = 2  # numbers of an action that fire thrusters

SIZES = {"s": Capacity.small(), "m": Capacity.medium(), "l": Capacity.large()}

_USUAL = {"static_polygons": 4, "vertices": 4}
_FORM = "counts such as polygons=8,circles=3,joints=4,thrusters=2, and if they are not 4 static_polygons and vertices"


def capacity_of(size: str | Capacity) -> Capacity:
    """The capacity of a size: `s`, `m`, `l`, or counts such as `polygons=8,circles=3,joints=4,thrusters=2`.

    `static_polygons` and `vertices` are 4 unless they are given. A `Capacity` is returned as it is.
    """
    if isinstance(size, Capacity):
        return size
    return _counted(size) if "=" in size else pick("size", size, SIZES)


def size_of(capacity: Capacity) -> str:
    """The text that `capacity_of` reads as this capacity."""
    for name, known in SIZES.items():
        if known == capacity:
            return name
    counts = {field.name: getattr(capacity, field.name) for field in fields(Capacity)}
    return ",".join(f"{name}={count}" for name, count in counts.items() if name not in _USUAL or count != _USUAL[name])


def common_capacity(capacities: Iterable[Capacity]) -> Capacity:
    """The smallest capacity that levels of all these can be padded to."""
    several = list(capacities)
    most = {name: max(getattr(one, name) for one in several) for name in COUNTS}
    most["polygons"] = max(most["polygons"], most["static_polygons"] + max(one.movable_polygons for one in several))
    return Capacity(**most)


def _counted(text: str) -> Capacity:
    """The capacity of counts in a text."""
    counts = dict(_USUAL)
    for part in text.split(","):
        name, _, number = (word.strip() for word in part.partition("="))
        least, most = pick("count of a size", name, COUNTS)
        if not number.isdecimal() or not least <= int(number[:9]) <= most:
            raise ConfigError(f"{name} of a size must be an integer from {least} to {most}, got {number!r}.")
        counts[name] = int(number)
    missing = [name for name in COUNTS if name not in counts]
    if missing:
        raise ConfigError(f"A size must be {_FORM}; {', '.join(missing)} is missing in {text!r}.")
    try:
        return Capacity(**counts)
    except SceneError as error:
        raise ConfigError(f"{text!r} cannot be a size: {error}") from None
