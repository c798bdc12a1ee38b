"""Pictures of scenes: `draw` shows one moment as an image, `svg` as text, `gif` and `mp4` show a rollout.

What is drawn: bodies (movable, immovable, ghosts and the walls of the standard world differ in fill and outline; a
circle has a spoke, so that its angle is seen), revolute joints (ring; limits as a sector with a needle; a running motor
as an arrow), fixed joints (cross), thrusters (triangle; flame), contacts (point and normal, larger for a larger
impulse).

Code that colours scenes by a task of its own makes a `Look`: `describe` gives the `Picture`, which `paint` and
`document` turn into an image and an SVG, and `encode_gif` and `encode_mp4` take any `Film`.

Needs Pillow, the extra `picture` of jax2d; MP4 needs imageio-ffmpeg, the extra `video`."""

try:
    import PIL  # noqa: F401
except ImportError as error:
    raise ImportError("jax2d.picture needs Pillow: pip install pillow (the extra 'picture' of jax2d).") from error

from .animation import gif as gif
from .animation import mp4 as mp4
from .describe import describe as describe
from .film import Film as Film
from .gif_encoder import encode_gif as encode_gif
from .look import Look as Look
from .look import Mark as Mark
from .mp4_encoder import encode_mp4 as encode_mp4
from .primitives import Picture as Picture
from .raster import paint as paint
from .still import draw as draw
from .still import svg as svg
from .vector import document as document

__all__ = [
    "Film",
    "Look",
    "Mark",
    "Picture",
    "describe",
    "document",
    "draw",
    "encode_gif",
    "encode_mp4",
    "gif",
    "mp4",
    "paint",
    "svg",
]
