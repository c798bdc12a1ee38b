"""A convolutional network on images of the room, of any resolution.

x = layers of 3 x 3 convolutions that halve the sides and double the channels until at most 8 x 8 positions are left;
then a dense layer on all positions and on the features that the image does not show. ReLU throughout, as in the
networks for Atari (Mnih et al. 2015, doi:10.1038/nature14236). A single image shows no velocities: `recurrent` adds
memory."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, UInt8

from kinetix_env.config import check_flags, check_integer, checks_its_fields
from kinetix_env.errors import ConfigError
from kinetix_env.observations import Pixels
from kinetix_env.protocols import ActionSpace, Distribution, Policy

from ..distributions import Head, head_of
from .convolution import Halving
from .layers import dense
from .network import Recipe, Remember, forget
from .recurrent import network_policy

__all__ = ["PixelNetwork", "PixelPolicy"]

_PLACES = 8  # maximum side of the image after the convolutions
_MOST_CHANNELS = 4  # maximum number of channels, as a multiple of the first layer's
_BRIGHTEST = 255.0


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class PixelPolicy:
    """A convolutional network on images."""

    name: ClassVar[str] = "pixels"
    observation: ClassVar[str] = "pixels"
    channels: int = 16  # channels of the first convolution; doubled by each further one, up to four times
    width: int = 128  # width of the dense layer
    recurrent: bool = False  # add a GRU, which remembers earlier steps: a single image shows no velocities

    def __post_init__(self) -> None:
        check_integer(self, "channels", 1)
        check_integer(self, "width", 1)
        check_flags(self, ["recurrent"])

    def build(self, observation: Any, action_space: ActionSpace) -> Policy:
        """Build the policy for the resolution of an image and an action space."""
        if not isinstance(observation, Pixels):
            raise ConfigError(f"PixelPolicy reads the observation {self.observation!r}, got {observation}.")
        image, further = observation.image.shape, observation.global_features.shape[0]
        recipe = Recipe(PixelNetwork, (image, further, self.channels, self.width, head_of(action_space)))
        return network_policy(recipe, width=self.width, recurrent=self.recurrent)


class PixelNetwork(nnx.Module):
    """Maps images to a distribution over actions and a value."""

    def __init__(
        self, image: tuple[int, ...], further: int, channels: int, width: int, head: Head, rngs: nnx.Rngs
    ) -> None:
        """`image` is the shape of an image (height, width, colours); `further` the number of other features."""
        self.head = head
        sides, depths = list(image[:2]), [image[2]]
        while max(sides) > _PLACES:
            sides = [-(-side // 2) for side in sides]
            depths.append(min(channels * 2 ** (len(depths) - 1), _MOST_CHANNELS * channels))
        pairs = pairwise(depths)
        self.convolutions = nnx.List([Halving(inputs, outputs, rngs) for inputs, outputs in pairs])
        self.dense = dense(sides[0] * sides[1] * depths[-1] + further, width, rngs)
        self.action = dense(width, head.size, rngs, scale=0.01)
        self.value = dense(width, 1, rngs, scale=1.0)
        if head.reals:
            self.log_std = nnx.Param(jnp.zeros(head.reals))

    def __call__(self, obs: Pixels, remember: Remember = forget) -> tuple[Distribution, Float[Array, " batch"]]:
        """Return the distribution over actions and the value."""
        x = _contrast(obs.image)
        for convolution in self.convolutions:
            x = jax.nn.relu(convolution(x))
        seen = jnp.concatenate([x.reshape(len(x), -1), obs.global_features], axis=1)
        known = remember(jax.nn.relu(self.dense(seen)))
        log_std = self.log_std[...] if self.head.reals else None
        return self.head.distribution(self.action(known), log_std), self.value(known)[:, 0]


def _contrast(
    image: UInt8[Array, "batch height width colour"],
) -> Float[Array, "batch height width colour"]:
    """Convert an image to darkness in [0, 1]: the background is white, so empty space is zero."""
    return 1 - image.astype(jnp.float32) / _BRIGHTEST
