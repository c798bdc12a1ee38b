"""One moment of a level as a picture for people: an image, or the text of an SVG. Both show the same.

Green, blue and red shapes are what the task is about, immovable shapes are darker. How joints, motors and thrusters
look, and how they light up while they act, is described in `jax2d.picture`."""

from jaxtyping import Array, Float
from numpy import ndarray
from PIL import Image

from jax2d import State
from jax2d.picture import document, paint
from jax2d.picture.toolkit import check_size

from ..level.level import Level
from .config_errors import config_errors
from .describe import describe

__all__ = ["Controls", "draw", "svg"]

Controls = (
    Float[Array, " control"] | Float[ndarray, " control"]
)  # the engine's action, as ActionSpace.controls gives it


@config_errors()
def draw(level: Level, state: State | None = None, size: int = 500, controls: Controls | None = None) -> Image.Image:
    """A picture of one level, `size` pixels wide and high; of the moment `state` if given, else of its start.

    `controls` are the numbers that drive the joints' motors, -1 to 1, and then those of the thrusters, 0 to 1: what
    acts is highlighted. Without them everything is drawn at rest.
    """
    check_size(size)
    return paint(describe(level, state, controls), size)


@config_errors()
def svg(
    level: Level,
    state: State | None = None,
    size: int = 500,
    controls: Controls | None = None,
    *,
    title: str = "A level of Kinetix",
) -> str:
    """What `draw` shows, as the text of an SVG. `title` is what browsers and screen readers call it.

    It is `size` pixels wide and high where a page does not set another size.
    """
    check_size(size)
    return document(describe(level, state, controls), size, title)
