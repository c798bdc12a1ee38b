"""Keeps bodies in the room that the first four static polygons enclose: floor, left wall, right wall, ceiling.

A wall pushes out what overlaps it by the shortest way. Joints that contradict each other can throw a light body metres
into a wall in one step; from there the shortest way may lead further out, and beyond the walls' ends there is nothing.
So after each step the centre of every movable body is moved back into the room, to the surface of the wall that it has
passed, and loses the velocity that leads out. A body that only touches a wall has its centre inside, and is left alone.

Bodies that a chain of joints holds to a wall pass through that wall on purpose, and may be pinned within it: they are
exempt. So is every side whose wall does not exist or is turned."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from ..boundary import CEILING, FLOOR, LEFT_WALL, RIGHT_WALL, WALLS
from ..scene import Scene
from ..state import State
from .lowering import materialise
from .rows import most

__all__ = ["Room", "confine", "room_of"]

UPRIGHT = 1e-6  # rad, a wall that is turned further has no side that is parallel to an axis
NOWHERE = 1e9  # m, the place of a wall that does not exist


class Room(NamedTuple):
    """The free space between the walls (m), and which bodies are kept in it."""

    left: Float[Array, " lane"]
    right: Float[Array, " lane"]
    bottom: Float[Array, " lane"]
    top: Float[Array, " lane"]
    kept: Array  # bool, [movable body, lane]


def room_of(scene: Scene, state: State) -> Room:
    """The room of each scene, from the inner sides of its walls. Arrays are batch last, per-scene axes reversed."""
    count = len(WALLS)
    exists = scene.active[:count] & (jnp.abs(state.angle[:count]) <= UPRIGHT)

    def inner(wall: int, axis: int, sign: float) -> Array:
        """The highest coordinate of a wall times `sign`; that of nowhere if there is no such wall."""
        corners, real = scene.vertices[axis, :, wall], scene.vertex_count[wall]
        reach = most([jnp.where(k < real, sign * corners[k], -NOWHERE) for k in range(len(corners))])
        return jnp.where(exists[wall], reach + sign * state.position[axis, wall], -NOWHERE)

    left, bottom = inner(LEFT_WALL, 0, 1.0), inner(FLOOR, 1, 1.0)
    right, top = -inner(RIGHT_WALL, 0, -1.0), -inner(CEILING, 1, -1.0)
    static = scene.capacity.static_polygons
    kept = (scene.inverse_mass[static:] != 0) & (left < right) & (bottom < top)
    for wall in range(count):
        kept = kept & (scene.group[static:] != scene.group[wall])
    return Room(*materialise((left, right, bottom, top, kept)))


def confine(
    room: Room, position: tuple[Array, Array], velocity: tuple[Array, Array]
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Positions and velocities of the movable bodies, [body, lane] for x and y, with all that is kept in the room."""
    inside, moving = [], []
    for x, v, low, high in zip(position, velocity, (room.left, room.bottom), (room.right, room.top), strict=True):
        v = jnp.where(room.kept & (x < low), jnp.maximum(v, 0.0), v)
        moving.append(jnp.where(room.kept & (x > high), jnp.minimum(v, 0.0), v))
        inside.append(jnp.where(room.kept, jnp.clip(x, low, high), x))
    return (inside[0], inside[1]), (moving[0], moving[1])
