"""Levels kept together, from which to draw."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from jax2d import Capacity

from ..errors import ConfigError, LevelError
from .level import Level

__all__ = ["LevelPool"]


class LevelPool(eqx.Module):
    """Some levels of one capacity; `sample` draws one of them, all equally likely.

    A level is one row of float32 numbers, which hold its flags and indices exactly: to draw a level for each
    environment of a batch then copies rows instead of elements.
    """

    rows: Float[Array, "level number"]
    capacity: Capacity = eqx.field(static=True)
    _layout: tuple[tuple[tuple[int, ...], str], ...] = eqx.field(static=True)
    _structure: jax.tree_util.PyTreeDef = eqx.field(static=True)

    def __init__(self, levels: Level, capacity: Capacity) -> None:
        """Keep `levels`, stacked along their first axis."""
        leaves, structure = jax.tree.flatten(levels)
        counts = {leaf.shape[0] if leaf.ndim else 0 for leaf in leaves}
        if len(counts) != 1 or 0 in counts or levels.role.ndim != 2:
            raise LevelError(
                "LevelPool: levels must be stacked along one first axis, with at least one level, "
                f"got roles of shape {levels.role.shape}."
            )
        if not isinstance(capacity, Capacity) or levels.role.shape[1] != capacity.bodies:
            raise ConfigError(f"LevelPool: the levels have {levels.role.shape[1]} bodies, got capacity {capacity!r}.")
        count = leaves[0].shape[0]
        self.rows = jnp.concatenate([jnp.reshape(leaf, (count, -1)).astype(jnp.float32) for leaf in leaves], axis=1)
        self.capacity = capacity
        self._layout = tuple((tuple(leaf.shape[1:]), str(leaf.dtype)) for leaf in leaves)
        self._structure = structure

    def __len__(self) -> int:
        return self.rows.shape[0]

    def __getitem__(self, index: Array | int) -> Level:
        """One level by its number, which may be traced."""
        return self._unpack(self.rows[index])

    def sample(self, key: PRNGKeyArray) -> Level:
        """Draw a level."""
        # one draw of bits, because a draw takes as long as a part of a step; its bias is below len / 2^32
        return self[(jax.random.bits(key) % jnp.uint32(len(self))).astype(jnp.int32)]

    def _unpack(self, row: Float[Array, " number"]) -> Level:
        leaves, start = [], 0
        for shape, dtype in self._layout:
            size = math.prod(shape)
            leaves.append(row[start : start + size].reshape(shape).astype(dtype))
            start += size
        level: Level = jax.tree.unflatten(self._structure, leaves)
        return level
