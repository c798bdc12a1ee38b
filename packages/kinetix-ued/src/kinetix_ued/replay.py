"""Replay probabilities of the levels in a buffer: prioritized level replay (arXiv:2010.03934).

P = (1 - rho) P_score + rho P_stale. P_score is h_i / sum h with
    rank          h_i = (1 / rank of the score)^(1 / temperature),
    proportional  h_i = max(score, 0)^(1 / temperature),
    top-k         h_i = exp(score) for the k best scores, 0 for the others,
and P_stale is proportional to the number of updates since a level was last played. "rank" and "top-k" equal those of
jaxued's LevelSampler; a test compares them."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

__all__ = ["Prioritization", "Replay", "draw", "uniform"]

Prioritization = Literal["rank", "proportional", "top-k"]


class Replay(eqx.Module):
    """A distribution over the slots of a buffer."""

    prioritization: Prioritization = eqx.field(static=True, default="rank")
    temperature: float = eqx.field(static=True, default=1.0)  # near 0: only the best; large: uniform
    top_k: int = eqx.field(static=True, default=1)  # k of "top-k"
    staleness: float = eqx.field(static=True, default=0.3)  # rho, in [0, 1]

    def weights(
        self,
        score: Float[Array, " slot"],
        last_seen: Int[Array, " slot"],
        filled: Bool[Array, " slot"],
        now: Int[Array, ""],
    ) -> Float[Array, " slot"]:
        """Return the probability of each slot; they sum to 1 unless no slot is filled."""
        age = jnp.where(filled, now - last_seen, 0).astype(jnp.float32)
        stale = jnp.where(jnp.sum(age) > 0, _normalized(age), uniform(filled))
        return (1 - self.staleness) * self.by_score(score, filled) + self.staleness * stale

    def by_score(self, score: Float[Array, " slot"], filled: Bool[Array, " slot"]) -> Float[Array, " slot"]:
        """Return P_score; uniform over the filled slots if "proportional" finds no positive score."""
        score = jnp.where(filled, score, -jnp.inf)
        order = jnp.argsort(-score, stable=True)
        rank = jnp.zeros(len(score), jnp.int32).at[order].set(jnp.arange(1, len(score) + 1, dtype=jnp.int32))
        if self.prioritization == "rank":
            return _normalized(jnp.where(filled, 1 / rank.astype(jnp.float32), 0.0) ** (1 / self.temperature))
        if self.prioritization == "top-k":
            chosen = filled & (rank <= self.top_k)
            best = jnp.max(score, initial=0.0, where=chosen)
            return _normalized(jnp.where(chosen, jnp.exp(score - best), 0.0))
        # divided by the largest score first, so that no power overflows
        positive = jnp.where(filled, jnp.maximum(score, 0.0), 0.0)
        largest = jnp.max(positive)
        power = (positive / jnp.where(largest > 0, largest, 1.0)) ** (1 / self.temperature)
        return jnp.where(largest > 0, _normalized(power), uniform(filled))


def _normalized(weights: Float[Array, " slot"]) -> Float[Array, " slot"]:
    total = jnp.sum(weights)
    return weights / jnp.where(total > 0, total, 1.0)


def uniform(filled: Bool[Array, " slot"]) -> Float[Array, " slot"]:
    """Return equal probabilities for all filled slots."""
    return _normalized(filled.astype(jnp.float32))


def draw(key: PRNGKeyArray, weights: Float[Array, " slot"], count: int) -> Int[Array, " draw"]:
    """Draw slots in random order by systematic sampling: slot i is drawn floor or ceil of `count * weights[i]` times.

    The marginal distribution of each draw is `weights`, as for independent draws, but repetitions are minimal, so that
    a batch of levels is as diverse as its distribution allows.
    """
    offset, order = jax.random.split(key)
    ends = jnp.cumsum(weights)
    at = (jnp.arange(count, dtype=jnp.float32) + jax.random.uniform(offset)) / count * ends[-1]
    # clamp to the last slot of positive weight, since rounding could select a slot of weight 0 after it
    last = len(weights) - 1 - jnp.argmax(weights[::-1] > 0)
    slots = jnp.minimum(jnp.searchsorted(ends, at, side="right"), last)
    return jax.random.permutation(order, slots).astype(jnp.int32)
