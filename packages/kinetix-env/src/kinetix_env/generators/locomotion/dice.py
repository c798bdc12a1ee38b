"""All random numbers behind one level, drawn at once and handed out one by one: a generator of random bits costs
little per number and much per call."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float, PRNGKeyArray

__all__ = ["Dice"]

_FACES = 192  # numbers that one level may use


class Dice:
    """Uniform numbers of one level, in the order in which they are asked for."""

    def __init__(self, key: PRNGKeyArray) -> None:
        """Draw the numbers."""
        self._numbers: Float[Array, " number"] = jax.random.uniform(key, (_FACES,))
        self._used = 0

    def number(self, least: ArrayLike = 0.0, most: ArrayLike = 1.0) -> Array:
        """A number in [least, most)."""
        if self._used == _FACES:
            raise RuntimeError(f"A level needs more than {_FACES} random numbers: raise _FACES in {__name__}.")
        self._used += 1
        low = jnp.asarray(least, jnp.float32)
        return low + (most - low) * self._numbers[self._used - 1]

    def whole(self, least: int, most: int) -> Array:
        """A whole number from `least` to `most`, both included; float32, as all numbers of a draft."""
        return jnp.minimum(jnp.floor(self.number(least, most + 1)), float(most))

    def chance(self, probability: ArrayLike) -> Array:
        """1 with a probability, else 0; float32."""
        return (self.number() < jnp.asarray(probability, jnp.float32)).astype(jnp.float32)

    def sign(self) -> Array:
        """1 or -1."""
        return 2 * self.chance(0.5) - 1
