"""The walls of the standard world: x in [0, 5] m, the floor's top at y = 0.4 m, the ceiling's bottom at 5 m.

Positions and corners are those of Jax2D and Kinetix (arXiv:2410.23208), number for number, because level
files and observations hold them. So they are not centred on their centroids, which matters to nothing that
never moves, and the ceiling is a trapezium: only its lower side can be touched from inside."""

from dataclasses import dataclass

__all__ = ["CEILING", "FLOOR", "LEFT_WALL", "RIGHT_WALL", "WALLS", "Wall"]

FLOOR = 0  # index of the wall, and of its polygon in a scene
LEFT_WALL = 1
RIGHT_WALL = 2
CEILING = 3


@dataclass(frozen=True)
class Wall:
    """An immovable polygon: where its frame is (m) and its corners in that frame (m, clockwise)."""

    position: tuple[float, float]
    vertices: tuple[tuple[float, float], ...]


WALLS = (
    Wall((2.5, -4.8), ((2.5, 5.2), (2.5, -5.2), (-2.5, -5.2), (-2.5, 5.2))),
    Wall((0.0, 0.0), ((-5.0, 5.0), (0.0, 5.0), (0.0, 0.0), (-5.0, 0.0))),
    Wall((0.0, 0.0), ((5.0, 5.0), (10.0, 5.0), (10.0, 0.0), (5.0, 0.0))),
    Wall((2.5, 10.2), ((5.0, 5.2), (2.5, -5.2), (-2.5, -5.2), (-2.5, 5.2))),
)
