"""What everybody sees: an image of the room, painted in JAX."""

from .observation import Pixels, PixelsObservation

__all__ = ["Pixels", "PixelsObservation"]
