"""Moving pictures: what an encoder needs to know of them."""

from collections.abc import Callable
from typing import Protocol, TypeAlias, runtime_checkable

from PIL import Image

__all__ = ["Film", "Progress"]

Progress: TypeAlias = Callable[[int, int], None]  # called with the number of frames drawn so far, and of all frames


@runtime_checkable
class Film(Protocol):
    """Frames at a constant rate, numbered from 0 to `last`. All frames have the same size."""

    @property
    def width(self) -> int:
        """Width of a frame in pixels."""

    @property
    def height(self) -> int:
        """Height of a frame in pixels."""

    @property
    def fps(self) -> float:
        """Frames per second."""

    @property
    def last(self) -> int:
        """The index of the last frame."""

    def frame(self, index: int) -> Image.Image:
        """The image at `index / fps` s after the start."""
