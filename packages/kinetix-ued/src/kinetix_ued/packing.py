"""Levels as rows of numbers, and a fingerprint of each row.

A row is the representation of a level in `kinetix_env.LevelPool`: float32 numbers, which hold its flags and indices
exactly. A fingerprint has 64 bits, so the probability of a collision among a million levels is below 1e-7; a collision
only attributes the outcome of one level to the other."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, UInt32

from jax2d import Capacity
from kinetix_env.generators import FilteredGenerator
from kinetix_env.level import Level, pack, row_length, unpack
from kinetix_env.protocols import LevelGenerator

__all__ = ["Packing", "fingerprints", "groups"]

_SEEDS = (0x9E3779B9, 0x7FEB352D)  # odd constants; each makes one word of the fingerprint
_MIX = (0x85EBCA6B, 0xC2B2AE35)  # the multipliers of MurmurHash3's last step (A. Appleby)


class Packing(eqx.Module):
    """Converts levels of one capacity to rows and back."""

    capacity: Capacity = eqx.field(static=True)
    physics: bool = eqx.field(static=True, default=False)  # whether the levels may state physics parameters

    @classmethod
    def of(cls, generator: LevelGenerator) -> "Packing":
        """The packing of the levels that a generator draws."""
        if isinstance(generator, FilteredGenerator):  # takes longest to trace, and states none
            return cls(generator.capacity)
        drawn = jax.eval_shape(generator.sample, jax.random.key(0))
        return cls(generator.capacity, drawn.physics is not None)

    @property
    def numbers(self) -> int:
        """The length of a row."""
        return row_length(self.capacity, self.physics)

    def pack(self, levels: Level) -> Float[Array, "level number"]:
        """Convert stacked levels to rows."""
        return pack(levels, self.physics)

    def unpack(self, rows: Float[Array, "level number"]) -> Level:
        """Convert rows to stacked levels."""
        levels: Level = jax.vmap(partial(unpack, capacity=self.capacity))(rows)
        return levels


def _mixed(words: UInt32[Array, "level number"]) -> UInt32[Array, "level number"]:
    """Mix the bits of each word, so that every output bit depends on every input bit."""
    for shift, factor in zip((16, 13), _MIX, strict=True):
        words = (words ^ (words >> jnp.uint32(shift))) * jnp.uint32(factor)
    mixed: UInt32[Array, "level number"] = words ^ (words >> jnp.uint32(16))
    return mixed


def fingerprints(rows: Float[Array, "level number"]) -> UInt32[Array, "level 2"]:
    """Return two words per row, which are the same for equal rows."""
    words = jax.lax.bitcast_convert_type(rows, jnp.uint32)
    place = np.arange(1, rows.shape[1] + 1, dtype=np.uint32)  # makes the fingerprint depend on the order of the numbers
    return jnp.stack([jnp.sum(_mixed(_mixed(words ^ (place * np.uint32(seed)))), axis=1) for seed in _SEEDS], axis=1)


def groups(fingerprint: UInt32[Array, "level 2"]) -> Array:
    """Return for each row the index of the first row with the same fingerprint, Int[level]."""
    count = len(fingerprint)
    order = jnp.lexsort((jnp.arange(count), fingerprint[:, 1], fingerprint[:, 0]))
    alike = fingerprint[order]
    begins = jnp.concatenate([jnp.ones(1, bool), jnp.any(alike[1:] != alike[:-1], axis=1)])
    leader = jax.lax.cummax(jnp.where(begins, jnp.arange(count, dtype=jnp.int32), 0))
    return jnp.zeros(count, jnp.int32).at[order].set(order[leader].astype(jnp.int32))
