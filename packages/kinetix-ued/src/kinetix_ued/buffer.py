"""A fixed-capacity level buffer with a score per level: the state of every curriculum in this package.

All functions are pure and batched. Slots are filled in order; once the buffer is full, a new level replaces the one
with the lowest score if its own is higher, so that the buffer keeps the best of all levels inserted. Levels are
identified by their fingerprints and never stored twice."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, UInt32

from .packing import fingerprints, groups

__all__ = ["LevelBuffer", "empty_buffer", "find", "insert", "mark_seen", "update"]


class LevelBuffer(eqx.Module):
    """Levels as rows (see `kinetix_ued.packing`) with their scores. Slots that are not filled have no meaning.

    The field names are paths in checkpoints: renaming one makes saved runs unreadable.
    """

    rows: Float[Array, "slot number"]
    fingerprint: UInt32[Array, "slot 2"]
    score: Float[Array, " slot"]  # estimated learning potential; -inf where not filled
    max_return: Float[Array, " slot"]  # highest episode return so far
    last_seen: Int[Array, " slot"]  # number of the update in which it was last selected or inserted
    filled: Bool[Array, " slot"]

    @property
    def capacity(self) -> int:
        """Maximum number of levels."""
        return int(self.score.shape[0])


def empty_buffer(capacity: int, numbers: int) -> LevelBuffer:
    """Return an empty buffer for `capacity` levels; `numbers` is the length of a level's row."""
    return LevelBuffer(
        rows=jnp.zeros((capacity, numbers)),
        fingerprint=jnp.zeros((capacity, 2), jnp.uint32),
        score=jnp.full(capacity, -jnp.inf),
        max_return=jnp.full(capacity, -jnp.inf),
        last_seen=jnp.zeros(capacity, jnp.int32),
        filled=jnp.zeros(capacity, bool),
    )


def find(
    buffer: LevelBuffer, fingerprint: UInt32[Array, "level 2"]
) -> tuple[Int[Array, " level"], Bool[Array, " level"]]:
    """Return the slot of each level, and whether the buffer contains it."""
    alike = jnp.all(fingerprint[:, None] == buffer.fingerprint[None], axis=-1) & buffer.filled
    return jnp.argmax(alike, axis=1).astype(jnp.int32), jnp.any(alike, axis=1)


def update(
    buffer: LevelBuffer,
    slot: Int[Array, " level"],
    score: Float[Array, " level"],
    max_return: Float[Array, " level"],
    valid: Bool[Array, " level"],
) -> LevelBuffer:
    """Update scores and maximum returns of the given slots, each of which appears in at most one valid row.

    Rows whose score is not finite, as a diverged agent produces them, are ignored.
    """
    where = jnp.where(valid & jnp.isfinite(score), slot, buffer.capacity)  # out-of-range slots are dropped
    values = (
        buffer.score.at[where].set(score, mode="drop"),
        buffer.max_return.at[where].max(max_return, mode="drop"),
    )
    updated: LevelBuffer = eqx.tree_at(lambda b: (b.score, b.max_return), buffer, values)
    return updated


def insert(
    buffer: LevelBuffer,
    rows: Float[Array, "level number"],
    score: Float[Array, " level"],
    max_return: Float[Array, " level"],
    valid: Bool[Array, " level"],
    now: Int[Array, ""],
) -> LevelBuffer:
    """Insert the valid rows that score higher than the lowest-scoring levels; rows already in the buffer are ignored.

    Of equal rows only the first valid one is inserted. Ties are resolved in favour of the buffer. Rows whose score is
    not finite are ignored.
    """
    fingerprint = fingerprints(rows)
    known = find(buffer, fingerprint)[1]
    valid = valid & jnp.isfinite(score)
    # invalid rows get unique marks, so that none of them leads a group of valid ones
    marks = jnp.where(valid[:, None], fingerprint, jnp.arange(len(rows), dtype=jnp.uint32)[:, None])
    leads = groups(marks) == jnp.arange(len(rows), dtype=jnp.int32)
    candidate_score = jnp.where(valid & ~known & leads, score, -jnp.inf)

    # The k-th best candidate replaces the k-th worst slot if its score is higher, which keeps the best of both.
    best = jnp.argsort(-candidate_score, stable=True)[: buffer.capacity]
    worst = jnp.argsort(jnp.where(buffer.filled, buffer.score, -jnp.inf), stable=True)[: len(best)]
    replaces = candidate_score[best] > jnp.where(buffer.filled, buffer.score, -jnp.inf)[worst]
    slot = jnp.where(replaces, worst, buffer.capacity)
    return LevelBuffer(
        rows=buffer.rows.at[slot].set(rows[best], mode="drop"),
        fingerprint=buffer.fingerprint.at[slot].set(fingerprint[best], mode="drop"),
        score=buffer.score.at[slot].set(score[best], mode="drop"),
        max_return=buffer.max_return.at[slot].set(max_return[best], mode="drop"),
        last_seen=buffer.last_seen.at[slot].set(now, mode="drop"),
        filled=buffer.filled.at[slot].set(True, mode="drop"),
    )


def mark_seen(buffer: LevelBuffer, slot: Int[Array, " level"], now: Int[Array, ""]) -> LevelBuffer:
    """Record that these slots were selected in update `now`; out-of-range slots are ignored."""
    last_seen = buffer.last_seen.at[slot].set(now, mode="drop")
    return eqx.tree_at(lambda b: b.last_seen, buffer, last_seen)
