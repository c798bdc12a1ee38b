"""Levels kept together, from which to draw."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from jax2d import Capacity
from jax2d.batching import default_settings

from .level import Level
from .packing import pack, row_length, unpack

__all__ = ["LevelPool"]


class LevelPool(eqx.Module):
    """Some levels of one capacity; `sample` draws one of them, all equally likely.

    A level is one row of float32 numbers: to draw a level for each environment of a batch then copies rows instead of
    elements.
    """

    rows: Float[Array, "level number"]
    capacity: Capacity = eqx.field(static=True)

    def __init__(self, levels: Level, physics: bool = False) -> None:
        """Keep `levels`, stacked along their first axis; with `physics` the pool has room for physics parameters."""
        self.rows = pack(levels, physics)
        self.capacity = levels.capacity

    @property
    def physics(self) -> bool:
        """Whether its levels may state physics parameters."""
        return self.rows.shape[1] != row_length(self.capacity)

    def __len__(self) -> int:
        return self.rows.shape[0]

    def __getitem__(self, index: Array | int) -> Level:
        """One level by its number, which may be traced."""
        return unpack(self.rows[index], self.capacity)

    @default_settings
    def sample(self, key: PRNGKeyArray) -> Level:
        """Draw a level."""
        # one draw of bits, because a draw takes as long as a part of a step; its bias is below len / 2^32
        return self[(jax.random.bits(key) % jnp.uint32(len(self))).astype(jnp.int32)]
