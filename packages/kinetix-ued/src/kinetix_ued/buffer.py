"""A store of levels with what is known about each: the memory of every curriculum here.

All functions are pure and work on whole batches, whatever the buffer holds. Slots are filled in order; once all are,
a new level takes the slot of the lowest score if its own is higher, so that the buffer keeps the best of all that it
has been offered. A level is recognised by its fingerprint and never kept twice."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, UInt32

from .packing import fingerprints, groups

__all__ = ["LevelBuffer", "empty_buffer", "find", "insert", "mark_seen", "update"]


class LevelBuffer(eqx.Module):
    """Levels as rows, see `kinetix_ued.packing`. Slots that are not filled mean nothing."""

    rows: Float[Array, "slot number"]
    fingerprint: UInt32[Array, "slot 2"]
    score: Float[Array, " slot"]  # how much there is to learn from it; -inf where not filled
    max_return: Float[Array, " slot"]  # the highest return ever seen
    last_seen: Int[Array, " slot"]  # the update in which it was selected or inserted last
    filled: Bool[Array, " slot"]

    @property
    def capacity(self) -> int:
        """How many levels there is room for."""
        return int(self.score.shape[0])


def empty_buffer(capacity: int, numbers: int) -> LevelBuffer:
    """A buffer without levels, with rows of `numbers` numbers per level."""
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
    """The slot of each level, and whether it is there at all."""
    alike = jnp.all(fingerprint[:, None] == buffer.fingerprint[None], axis=-1) & buffer.filled
    return jnp.argmax(alike, axis=1).astype(jnp.int32), jnp.any(alike, axis=1)


def update(
    buffer: LevelBuffer,
    slot: Int[Array, " level"],
    score: Float[Array, " level"],
    max_return: Float[Array, " level"],
    valid: Bool[Array, " level"],
) -> LevelBuffer:
    """Update the scores and highest returns of the levels in these slots, each named by at most one valid row.

    A score that is not finite is that of a valid row of an agent that went astray; it changes nothing.
    """
    where = jnp.where(valid & jnp.isfinite(score), slot, buffer.capacity)  # a slot beyond the end is not written
    learnt = (
        buffer.score.at[where].set(score, mode="drop"),
        buffer.max_return.at[where].max(max_return, mode="drop"),
    )
    return eqx.tree_at(lambda b: (b.score, b.max_return), buffer, learnt)


def insert(
    buffer: LevelBuffer,
    rows: Float[Array, "level number"],
    score: Float[Array, " level"],
    max_return: Float[Array, " level"],
    valid: Bool[Array, " level"],
    now: Int[Array, ""],
) -> LevelBuffer:
    """Keep the best of the buffer's levels and of the valid ones among these; levels in the buffer stay as they are.

    Of several equal rows the first valid one counts. On equal scores the buffer's own stay. Scores that are not finite
    are not kept.
    """
    fingerprint = fingerprints(rows)
    known = find(buffer, fingerprint)[1]
    valid = valid & jnp.isfinite(score)
    # rows that are not valid get marks of their own, so that they lead no group
    marks = jnp.where(valid[:, None], fingerprint, jnp.arange(len(rows), dtype=jnp.uint32)[:, None])
    leads = groups(marks) == jnp.arange(len(rows), dtype=jnp.int32)
    offer = jnp.where(valid & ~known & leads, score, -jnp.inf)

    # The k-th best offer meets the k-th worst slot, and takes it if it is better: what remains is the best of both.
    best = jnp.argsort(-offer, stable=True)[: buffer.capacity]
    worst = jnp.argsort(jnp.where(buffer.filled, buffer.score, -jnp.inf), stable=True)[: len(best)]
    takes = offer[best] > jnp.where(buffer.filled, buffer.score, -jnp.inf)[worst]
    slot = jnp.where(takes, worst, buffer.capacity)
    return LevelBuffer(
        rows=buffer.rows.at[slot].set(rows[best], mode="drop"),
        fingerprint=buffer.fingerprint.at[slot].set(fingerprint[best], mode="drop"),
        score=buffer.score.at[slot].set(score[best], mode="drop"),
        max_return=buffer.max_return.at[slot].set(max_return[best], mode="drop"),
        last_seen=buffer.last_seen.at[slot].set(now, mode="drop"),
        filled=buffer.filled.at[slot].set(True, mode="drop"),
    )


def mark_seen(buffer: LevelBuffer, slot: Int[Array, " level"], now: Int[Array, ""]) -> LevelBuffer:
    """These slots were selected now; one beyond the end names none."""
    last_seen = buffer.last_seen.at[slot].set(now, mode="drop")
    return eqx.tree_at(lambda b: b.last_seen, buffer, last_seen)
