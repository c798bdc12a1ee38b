"""The pixel observation: what a camera in front of the room would see, as bytes.

Bytes, since a batch of episodes takes a quarter of the memory that it would take as float32. What an image cannot show
is beside it. Kinetix 3.0.2 gives the same two things: 125 x 125 pixels as float32, without smooth edges, lines and
walls, and vertical gravity."""

from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
from jaxtyping import Array, Float, UInt8

from jax2d import Capacity
from jax2d.batching import default_settings

from ...config import check_integer, checks_its_fields
from ...task.env_state import EnvState
from ..features import gravity_feature

__all__ = ["Pixels", "PixelsObservation"]

SIZE = 125  # px, of the published one
LEAST = 8  # px, of one pixel for 0.66 m; in anything smaller, there is nothing to be seen


class Pixels(eqx.Module):
    """One observation."""

    image: UInt8[Array, "height width 3"]  # red, green, blue, the top row first
    global_features: Float[Array, "1"]  # what cannot be seen: vertical gravity in units of 10 m/s^2


class PixelsView(eqx.Module):
    """Makes `Pixels`."""

    capacity: Capacity = eqx.field(static=True)
    size: int = eqx.field(static=True)

    @default_settings
    def __call__(self, state: EnvState) -> Pixels:
        """The room as it is now."""
        # only now, since the colours lie beside programs that draw with Pillow
        from .paint import paint
        from .scenery import scenery

        image = paint(scenery(self.capacity, state, self.size), self.size)
        return Pixels(image=image, global_features=gravity_feature(state.level)[None])


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class PixelsObservation:
    """An image of the room with smooth edges, and gravity: for convolutional networks."""

    name: ClassVar[str] = "pixels"
    size: int = SIZE  # pixels along one side

    def __post_init__(self) -> None:
        check_integer(self, "size", LEAST)

    def build(self, capacity: Capacity) -> PixelsView:
        """The observation of levels of a capacity."""
        return PixelsView(capacity, self.size)
