"""Small operations on `[row, lane]` arrays that the rest of the kernel is written with."""

from collections.abc import Sequence
from functools import reduce

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

__all__ = ["Lanes", "Rows", "choose", "inverse", "join", "least", "most", "norm", "root", "row", "select_rows"]

Lanes = Float[Array, " lane"]
Rows = Float[Array, "row lane"]

UNROLLED = 16  # rows; a one-hot sum over more of them is a loop, to keep the compile time flat


def inverse(x: Array) -> Array:
    """1 / x, and 1 where x is 0: the callers multiply by something that is 0 there."""
    return 1.0 / jnp.where(x == 0, 1.0, x)


def norm(x: Array, y: Array) -> Array:
    """Length of (x, y) with derivative 0 at the origin, where the true one does not exist."""
    return root(x * x + y * y)


def root(x: Array) -> Array:
    """Square root with derivative 0 at 0, where the true one is infinite."""
    positive = x > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, x, 1.0)), 0.0)


def row(x: Array, index: Int[Array, ""] | int, axis: int = 0) -> Array:
    """Row `index` of `axis`, which is the same for all lanes."""
    found: Array = lax.dynamic_index_in_dim(x, index, axis, keepdims=False)
    return found


def join(*parts: Array) -> Array:
    """Rows after rows."""
    return jnp.concatenate(parts, axis=0)


def least(parts: Sequence[Array] | Array) -> Array:
    """Elementwise minimum over the first axis."""
    return reduce(jnp.minimum, [parts[k] for k in range(len(parts))])


def most(parts: Sequence[Array] | Array) -> Array:
    """Elementwise maximum over the first axis."""
    return reduce(jnp.maximum, [parts[k] for k in range(len(parts))])


def choose(index: Int[Array, " lane"], options: Array) -> Array:
    """`options[index]`, each lane with an index of its own: a chain of selects instead of a gather."""
    chosen = options[-1]
    for k in reversed(range(len(options) - 1)):
        chosen = jnp.where(index == k, options[k], chosen)
    return chosen


def first_true(flags: Sequence[Bool[Array, " lane"]]) -> Int[Array, " lane"]:
    """Index of the first true flag in each lane; the last index where none is."""
    index = jnp.full(flags[0].shape, len(flags) - 1, jnp.int32)
    for k in reversed(range(len(flags) - 1)):
        index = jnp.where(flags[k], k, index)
    return index


def select_rows(
    onehot: Float[Array, "row *joint lane"], fields: Sequence[Float[Array, "row ..."]]
) -> list[Float[Array, "*joint lane"]]:
    """For every field the row that each one-hot column points at; 0 where the column is all zero."""
    if len(onehot) <= UNROLLED:
        return [sum((onehot[i] * x[i] for i in range(1, len(onehot))), onehot[0] * x[0]) for x in fields]

    def add(i: Int[Array, ""], sums: list[Array]) -> list[Array]:
        return [s + row(onehot, i) * row(x, i) for s, x in zip(sums, fields, strict=True)]

    sums: list[Array] = lax.fori_loop(0, len(onehot), add, [jnp.zeros_like(onehot[0]) for _ in fields])
    return sums
