"""Updates of the buffer from reported outcomes.

A report may contain a level several times, with and without finished episodes, so its rows are merged first."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, UInt32

from kinetix_env.protocols import Outcome

from .buffer import LevelBuffer, find, insert, update
from .packing import fingerprints, groups
from .scores import Score

__all__ = ["learn", "learn_known", "learn_probed", "merge"]

_UNKNOWN = float(np.finfo(np.float32).min)  # score of a level without any finished episode: below all others


def merge(fingerprint: UInt32[Array, "level 2"], outcome: Outcome) -> Outcome:
    """Merge the rows of each level into its first row, weighted by episodes; its other rows get no episodes."""
    first = groups(fingerprint)
    count = len(first)
    episodes = jax.ops.segment_sum(outcome.episodes, first, count)
    weight = outcome.episodes.astype(jnp.float32) / jnp.maximum(episodes[first], 1).astype(jnp.float32)

    def mean(values: Float[Array, " level"]) -> Float[Array, " level"]:
        return jax.ops.segment_sum(jnp.where(outcome.episodes > 0, values * weight, 0.0), first, count)

    finished = jnp.where(outcome.episodes > 0, outcome.max_return, -jnp.inf)
    most = jax.ops.segment_max(finished, first, count)
    return Outcome(
        success_rate=mean(outcome.success_rate),
        episodes=episodes,
        mean_return=mean(outcome.mean_return),
        max_return=jnp.where(episodes > 0, most, 0.0),
        mean_value=mean(outcome.mean_value),
        positive_value_loss=mean(outcome.positive_value_loss),
    )


def learn_known(
    buffer: LevelBuffer, fingerprint: UInt32[Array, "level 2"], outcome: Outcome, score: Score
) -> LevelBuffer:
    """Update the levels that are in the buffer; ignore the others."""
    return _update_known(buffer, fingerprint, merge(fingerprint, outcome), score)


def learn(
    buffer: LevelBuffer, rows: Float[Array, "level number"], outcome: Outcome, score: Score, now: Int[Array, ""]
) -> LevelBuffer:
    """Update the levels that are in the buffer, and offer the others to it."""
    fingerprint = fingerprints(rows)
    merged = merge(fingerprint, outcome)
    known = _update_known(buffer, fingerprint, merged, score)
    return insert(known, rows, score(merged), merged.max_return, merged.episodes > 0, now)


def learn_probed(
    buffer: LevelBuffer, rows: Float[Array, "level number"], outcome: Outcome, score: Score, now: Int[Array, ""]
) -> LevelBuffer:
    """Update the levels that are in the buffer, and offer the others to it, even those without a finished episode.

    The latter get the lowest score. They ensure that the buffer is not empty, however few steps the evaluation had.
    """
    buffer = learn(buffer, rows, outcome, score, now)
    unknown, unseen = jnp.full(len(rows), _UNKNOWN), jnp.full(len(rows), -jnp.inf)
    return insert(buffer, rows, unknown, unseen, outcome.episodes == 0, now)


def _update_known(
    buffer: LevelBuffer, fingerprint: UInt32[Array, "level 2"], merged: Outcome, score: Score
) -> LevelBuffer:
    slot, known = find(buffer, fingerprint)
    best = jnp.where(known, jnp.maximum(merged.max_return, buffer.max_return[slot]), merged.max_return)
    merged = eqx.tree_at(lambda o: o.max_return, merged, best)
    return update(buffer, slot, score(merged), best, known & (merged.episodes > 0))
