"""Success rates of levels as running averages, one quick to forget and one slow.

For each episode, x = 1 if it was solved and else 0, an average moves by m <- m + rate (x - m) from m = 0, and n counts
the episodes. The average of what was seen is m / (1 - (1 - rate)^n): without the division it would pull towards the 0
that it began with (the correction of Adam, arXiv:1412.6980). n episodes with the success rate p are one move,

    m <- (1 - rate)^n m + (1 - (1 - rate)^n) p,

which is what n single moves come to if their order says nothing."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

__all__ = ["Averages", "no_episodes"]


class Averages(eqx.Module):
    """What is known of each slot's level."""

    fast: Float[Array, " slot"]  # before the correction
    slow: Float[Array, " slot"]
    episodes: Int[Array, " slot"]
    rates: tuple[float, float] = eqx.field(static=True)  # of fast and slow: the weight of one episode

    def after(self, success_rate: Float[Array, " slot"], episodes: Int[Array, " slot"]) -> "Averages":
        """With what was seen since; slots without episodes stay as they are."""
        moved = []
        for average, rate in zip((self.fast, self.slow), self.rates, strict=True):
            kept = _kept(rate, episodes)
            moved.append(kept * average + (1 - kept) * success_rate)
        return Averages(fast=moved[0], slow=moved[1], episodes=self.episodes + episodes, rates=self.rates)

    def progress(self) -> Float[Array, " slot"]:
        """|fast - slow|: how much the success rate has changed lately, in [0, 1]; 0 before the second episode."""
        fast, slow = (
            average / jnp.maximum(1 - _kept(rate, self.episodes), rate)
            for average, rate in zip((self.fast, self.slow), self.rates, strict=True)
        )
        return jnp.abs(fast - slow)


def no_episodes(slots: int, fast: float, slow: float) -> Averages:
    """Nothing is known yet."""
    zeros = jnp.zeros(slots)
    return Averages(fast=zeros, slow=zeros, episodes=jnp.zeros(slots, jnp.int32), rates=(fast, slow))


def _kept(rate: float, episodes: Int[Array, " slot"]) -> Float[Array, " slot"]:
    """The weight that an average keeps over a number of episodes."""
    return (1 - rate) ** episodes.astype(jnp.float32)
