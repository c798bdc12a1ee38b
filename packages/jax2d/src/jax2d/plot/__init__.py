"""Pictures of scenes for people: `draw` one moment, `animate` many as a GIF, one scene or a grid of them.

What is drawn: shapes (movable, immovable, ghost, and the static polygons that bound the scene, told apart by
fill and outline; a circle has a radius line, so that one sees it turn), revolute joints (ring; limits as a
sector with a needle; the drive of a motor as an arrow), fixed joints (square), thrusters (nozzle; flame as long as the
action is large), contacts (point and normal, larger for a larger impulse).

Needs matplotlib and Pillow: pip install "jax2d[plot]". Nothing here touches pyplot or its global state."""

try:
    import matplotlib  # noqa: F401
    import PIL  # noqa: F401
except ImportError as error:
    raise ImportError('jax2d.plot needs matplotlib and Pillow: pip install "jax2d[plot]"') from error

from .animation import animate as animate
from .drawing import draw as draw

__all__ = ["animate", "draw"]
