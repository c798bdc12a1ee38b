"""Colours and sizes of pictures. Sizes are in m, so that a picture looks the same at any number of pixels.

The saturated colours of a plain scene are those of Okabe and Ito ("Color Universal Design", 2008), which stay distinct
with the common kinds of colour blindness. What matters most differs in lightness and form as well, so that it survives
a grey print."""

from .primitives import Colour

__all__ = [
    "BLACK", "CONTACT", "DARKER", "FLAME", "FLAME_CORE", "GHOST_LINE", "IMMOVABLE", "IMMOVABLE_LINE", "JOINT", "LIMIT",
    "LIMIT_LINE", "LINE", "MOTOR", "MOVABLE", "MOVABLE_LINE", "NOZZLE", "PALETTE", "THRUSTER", "WALL", "WALL_LINE",
    "WHITE", "dimmed",
]  # fmt: skip

WHITE = (255, 255, 255)
BLACK = (40, 40, 40)
FLAME = (255, 120, 0)
FLAME_CORE = (255, 225, 80)

# of a plain scene
WALL = (227, 230, 234)
WALL_LINE = (154, 162, 173)
IMMOVABLE = (115, 124, 136)
IMMOVABLE_LINE = (51, 59, 69)
MOVABLE = (169, 214, 242)  # a tint of sky blue
MOVABLE_LINE = (0, 114, 178)  # blue
GHOST_LINE = (86, 180, 233)  # sky blue, without a fill
MOTOR = CONTACT = (213, 94, 0)  # vermilion
NOZZLE = (29, 37, 48)
LIMIT = (240, 217, 230)  # a tint of reddish purple
LIMIT_LINE = (204, 121, 167)  # reddish purple

LINE = 0.025  # the width of lines
JOINT = 0.08  # the radius of a joint's mark
THRUSTER = 0.15  # the length of a thruster's mark

DARKER = 0.6  # the brightness of a dimmed colour, as a fraction of the colour's own


def dimmed(colour: Colour) -> Colour:
    """The darker colour of an immovable shape, or of the edge of a shape."""
    red, green, blue = (round(DARKER * part) for part in colour)
    return red, green, blue


PALETTE: tuple[Colour, ...] = (
    WHITE, BLACK, FLAME, FLAME_CORE, WALL, WALL_LINE, IMMOVABLE, IMMOVABLE_LINE, MOVABLE, MOVABLE_LINE, GHOST_LINE,
    MOTOR, NOZZLE, LIMIT, LIMIT_LINE,
)  # fmt: skip
