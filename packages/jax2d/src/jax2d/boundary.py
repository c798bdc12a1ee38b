"""The standard world: a square room of 5 m with a floor that is 0.4 m thick, and the four walls around it.

Positions and corners are those of Jax2D and Kinetix (arXiv:2410.23208), number for number, because level
files and observations hold them. So they are not centred on their centroids, which matters to nothing that
never moves, and the ceiling is a trapezium: only its lower side can be touched from inside."""

from dataclasses import dataclass

__all__ = ["CEILING", "FLOOR", "FLOOR_TOP", "LEFT_WALL", "RIGHT_WALL", "WALLS", "WORLD_SIZE", "Wall"]

WORLD_SIZE = 5.0  # m; the walls are at x = 0 and x = 5, the ceiling is at y = 5
FLOOR_TOP = 0.4  # m, the height of the floor

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
