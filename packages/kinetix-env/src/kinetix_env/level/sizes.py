"""The published sizes of levels, and how many actions there are in every size."""

from jax2d import Capacity

from ..errors import pick

__all__ = ["MOTOR_BINDINGS", "SIZES", "THRUSTER_BINDINGS", "capacity_of"]

MOTOR_BINDINGS = 4  # numbers of an action that drive motors; every joint listens to one of them
THRUSTER_BINDINGS = 2  # numbers of an action that fire thrusters

SIZES = {"s": Capacity.small(), "m": Capacity.medium(), "l": Capacity.large()}


def capacity_of(size: str | Capacity) -> Capacity:
    """The capacity of a size: `s`, `m`, `l`, or a custom one as it is."""
    return size if isinstance(size, Capacity) else pick("size", size, SIZES)
