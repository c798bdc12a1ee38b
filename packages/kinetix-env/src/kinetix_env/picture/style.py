"""Colours of what levels add to scenes: roles, and the numbers that drive motors and thrusters."""

from jax2d.picture.toolkit import BLACK, DARKER, FLAME, FLAME_CORE, JOINT, LINE, THRUSTER, WHITE, Colour, dimmed

__all__ = [
    "BLACK", "DARKER", "FLAME", "FLAME_CORE", "JOINT", "LINE", "MOTORS", "PALETTE", "ROLES", "THRUSTER",
    "THRUSTERS", "WHITE", "dimmed",
]  # fmt: skip

ROLES = ((160, 160, 160), (0, 204, 0), (0, 102, 204), (255, 102, 102))  # none, green, blue, red
MOTORS = ((255, 210, 0), (0, 205, 230), (225, 60, 225), (255, 130, 0))  # by motor number
THRUSTERS = ((125, 40, 175), (140, 85, 30))  # by thruster number

PALETTE: tuple[Colour, ...] = (
    WHITE, BLACK, *ROLES, *MOTORS, *THRUSTERS, FLAME, FLAME_CORE,
    *(dimmed(role) for role in ROLES), *(dimmed(dimmed(role)) for role in ROLES),
)  # fmt: skip
