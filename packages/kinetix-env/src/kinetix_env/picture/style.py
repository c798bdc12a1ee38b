"""Colours and sizes of all pictures. Sizes are in m, so that a picture looks the same at any number of pixels."""

from .primitives import Colour

__all__ = [
    "BLACK", "DARKER", "FLAME", "FLAME_CORE", "JOINT", "LINE", "MOTORS", "PALETTE", "ROLES", "THRUSTER",
    "THRUSTERS", "WHITE", "dimmed",
]  # fmt: skip

WHITE, BLACK = (255, 255, 255), (40, 40, 40)
ROLES = ((160, 160, 160), (0, 204, 0), (0, 102, 204), (255, 102, 102))  # none, green, blue, red
MOTORS = ((255, 210, 0), (0, 205, 230), (225, 60, 225), (255, 130, 0))  # by motor number
THRUSTERS = ((125, 40, 175), (140, 85, 30))  # by thruster number
FLAME, FLAME_CORE = (255, 120, 0), (255, 225, 80)

LINE = 0.025  # the widths of lines
JOINT = 0.08  # the radius of a joint's mark
THRUSTER = 0.15  # the length of a thruster's mark

DARKER = 0.6  # what is left of the light of an immovable shape, and of an edge


def dimmed(colour: Colour) -> Colour:
    """The darker colour of an immovable shape, or of the edge of a shape."""
    red, green, blue = (round(DARKER * part) for part in colour)
    return red, green, blue


PALETTE: tuple[Colour, ...] = (
    WHITE, BLACK, *ROLES, *MOTORS, *THRUSTERS, FLAME, FLAME_CORE,
    *(dimmed(role) for role in ROLES), *(dimmed(dimmed(role)) for role in ROLES),
)  # fmt: skip
