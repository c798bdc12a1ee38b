"""Work on many levels at once, and rows chosen by masks.

Inside the generator the last axis of every array is the lane, one per level, and all work is elementwise over it, so
that it vectorises. Rows are chosen and written through masks [row, *rest], never by computed indices, which are slow
in a batch. `over_lanes` collects all `jax.vmap` around a function into that axis."""

from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array

from jax2d.batching import collect_vmaps, empty_batch

__all__ = ["over_lanes", "pick", "row_of", "rows_from"]

T = TypeVar("T")


def over_lanes(function: Callable[[Any], T], args: Any) -> T:
    """`function(args)` where the function wants one leading axis, over all the `jax.vmap` around the call."""

    def run(args: Any, axes: int) -> T:
        batch = jax.tree.leaves(args)[0].shape[:axes]
        if 0 in batch:
            return empty_batch(lambda args: run(args, axes), args, axes)
        out = function(jax.tree.map(lambda x: x.reshape(-1, *x.shape[axes:]), args))
        return jax.tree.map(lambda x: x.reshape(*batch, *x.shape[1:]), out)

    return collect_vmaps(run, args)


def pick(weights: Array, number: Array) -> Array:
    """A mask of the row chosen with a probability proportional to its weight, from a number in [0, 1).

    `weights` is [row, *rest], `number` [*rest]. No row is chosen if all weights are zero.
    """
    ends = jnp.cumsum(weights, axis=0)
    reached = ends > number * ends[-1]
    return reached & ~jnp.concatenate([jnp.zeros_like(reached[:1]), reached[:-1]])


def row_of(mask: Array) -> Array:
    """The index of the row that a mask [row, *rest] marks, 0 if none; float32 like all numbers of a draft."""
    index = jnp.arange(len(mask), dtype=jnp.float32).reshape(-1, *[1] * (mask.ndim - 1))
    return jnp.sum(jnp.where(mask, index, 0.0), axis=0)


def rows_from(first: int, like: Array) -> Array:
    """A mask of the rows from `first` on, with as many rows and axes as `like`."""
    return (jnp.arange(len(like)) >= first).reshape(-1, *[1] * (like.ndim - 1))
