"""All bodies of a chunk of scenes, batch last, as the detection of contacts reads them."""

from typing import NamedTuple

from jaxtyping import Array, Int

from .rows import row

__all__ = ["Bodies", "Velocity"]


class Velocity(NamedTuple):
    """Velocities of some bodies: [row, lane]."""

    x: Array  # m/s
    y: Array
    angular: Array  # rad/s

    def rows(self, start: int, stop: int | None) -> "Velocity":
        """The rows from `start` to before `stop`."""
        return Velocity(*(field[start:stop] for field in self))


class Bodies(NamedTuple):
    """Every body: [body, lane]; of one body: [lane]."""

    x: Array  # m
    y: Array
    velocity_x: Array  # m/s
    velocity_y: Array
    angular_velocity: Array  # rad/s
    inverse_mass: Array
    inverse_inertia: Array
    friction_squared: Array  # scaled by PhysicsParams.friction
    restitution: Array
    active: Array  # bool
    group: Array
    ghost: Array  # bool

    def at(self, index: Int[Array, ""]) -> "Bodies":
        """One body, the same row in all lanes."""
        return Bodies(*(row(field, index) for field in self))
