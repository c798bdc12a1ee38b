"""Small random changes to a level, by name: what ACCEL (arXiv:2203.01302) grows a curriculum from.

Each is a pure function of a key, a level and the generator's settings, runs under `jax.jit` and `jax.vmap`, and returns
the level unchanged if it cannot be applied. Afterwards joints still meet at their anchors, masses fit sizes, groups
fit joints, and rows of what was removed are zero. Levels must have the four walls as their static polygons."""

from .choice import MUTATIONS, WEIGHTS, mutate
from .place import change_position, change_rotation, change_size, toggle_immovable
from .shapes import add_connected_shape, add_shape, remove_joint, remove_shape
from .thrusters import add_thruster, remove_thruster
from .world import change_gravity, swap_roles

__all__ = [
    "MUTATIONS",
    "WEIGHTS",
    "add_connected_shape",
    "add_shape",
    "add_thruster",
    "change_gravity",
    "change_position",
    "change_rotation",
    "change_size",
    "mutate",
    "remove_joint",
    "remove_shape",
    "remove_thruster",
    "swap_roles",
    "toggle_immovable",
]
