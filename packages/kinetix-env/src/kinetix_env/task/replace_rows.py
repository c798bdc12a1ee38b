"""Gives finished environments of a batch a new episode, without touching the others.

For one environment this is `where(done, fresh, state)`. In a batch few are done in any step, while drawing
and selecting levels for all of them costs as much as the physics. So on a CPU a loop over the finished rows
replaces them in place. On a GPU, where a loop is slow and selecting is not, all rows are selected."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool

__all__ = ["replace_done"]

T = TypeVar("T")


def replace_done(fresh: Callable[[Any, Any], T], source: Any, done: Bool[Array, ""], key: Any, state: T) -> T:
    """`fresh(source, key)` if `done`, else `state`.

    `source` is what new episodes are made from, the same for the whole batch as a rule. `key` determines which
    of them: a random key, or whatever array `fresh` takes.
    """
    arrays, static = eqx.partition(source, eqx.is_array)

    def make(arrays: Any, key: Any) -> T:
        return fresh(eqx.combine(arrays, static), key)

    if jax.default_backend() == "cpu":
        return _collect(make, arrays, (done, key, state), 0)
    return _select(make, arrays, done, key, state)


def _select(make: Callable[[Any, Any], T], arrays: Any, done: Array, key: Any, state: T) -> T:
    """For one environment; `jax.vmap` makes it draw a level for each row."""
    selected: T = jax.tree.map(lambda new, old: jnp.where(done, new, old), make(arrays, key), state)
    return selected


def _collect(make: Callable[[Any, Any], T], arrays: Any, rows: Any, axes: int) -> T:
    """Turn every `jax.vmap` around the call into one more leading axis of `rows`, then replace in place."""

    @jax.custom_batching.custom_vmap
    def call(arrays: Any, rows: Any) -> T:
        return _replace(make, arrays, rows, axes)

    @call.def_vmap
    def rule(axis_size: int, in_batched: list[Any], arrays: Any, rows: Any) -> tuple[T, Any]:
        if any(jax.tree.leaves(in_batched[0])):  # each row has a source of its own
            own = [jax.tree.map(lambda batched: 0 if batched else None, tree) for tree in in_batched]
            select: Callable[..., T] = jax.vmap(partial(_nested_select, make, axes), in_axes=tuple(own))
            out = select(arrays, rows)
        else:

            def widen(x: Array, batched: bool) -> Array:
                return x if batched else jnp.broadcast_to(x, (axis_size, *x.shape))

            out = _collect(make, arrays, jax.tree.map(widen, rows, in_batched[1]), axes + 1)
        return out, jax.tree.map(lambda _: True, out)

    result: T = call(arrays, rows)
    return result


def _nested_select(make: Callable[[Any, Any], T], axes: int, arrays: Any, rows: Any) -> T:
    """`_select` under as many vmaps as `rows` has leading axes."""

    select: Callable[[Any], T] = partial(_select_row, make, arrays)
    for _ in range(axes):
        select = jax.vmap(select)
    selected: T = select(rows)
    return selected


def _select_row(make: Callable[[Any, Any], T], arrays: Any, row: Any) -> T:
    done, key, state = row
    selected: T = _select(make, arrays, done, key, state)
    return selected


def _replace(make: Callable[[Any, Any], T], arrays: Any, rows: Any, axes: int) -> T:
    """Replace the finished rows one by one."""
    if axes == 0:
        return _select_row(make, arrays, rows)
    batch = rows[0].shape
    if 0 in batch:
        unchanged: T = rows[2]
        return unchanged
    done, key, state = jax.tree.map(lambda x: x.reshape(-1, *x.shape[axes:]), rows)

    def replace(carry: tuple[Array, T]) -> tuple[Array, T]:
        left, state = carry
        row = jnp.argmax(left)
        new = make(arrays, key[row])
        put = jax.tree.map(lambda x, y: jax.lax.dynamic_update_index_in_dim(x, y.astype(x.dtype), row, 0), state, new)
        return left.at[row].set(False), put

    state = jax.lax.while_loop(lambda carry: carry[0].any(), replace, (done, state))[1]
    whole: T = jax.tree.map(lambda x: x.reshape(*batch, *x.shape[1:]), state)
    return whole
