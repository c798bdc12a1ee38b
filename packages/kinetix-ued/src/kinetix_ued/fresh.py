"""New levels in blocks of one size, as many blocks as are needed.

Random generators are large programs that compile for ten seconds and more. A curriculum that needs few new levels at
most updates and many at some calls this once, and so compiles its generator once."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from kinetix_env.protocols import LevelSource

from .packing import Packing

__all__ = ["fresh_block", "fresh_rows"]


def fresh_block(source: LevelSource, packing: Packing, key: PRNGKeyArray, count: int) -> Float[Array, "level number"]:
    """`count` new levels, as rows."""
    return packing.pack(jax.vmap(source.sample)(jax.random.split(key, count)))


def fresh_rows(
    source: LevelSource, packing: Packing, key: PRNGKeyArray, *, block: int, most: int, blocks: Int[Array, ""]
) -> Float[Array, "level number"]:
    """`most` blocks of levels, of which the first `blocks` are drawn; the rows of the others are zero."""

    def one(index: Array, rows: Float[Array, "level number"]) -> Float[Array, "level number"]:
        new = fresh_block(source, packing, jax.random.fold_in(key, index), block)
        return jax.lax.dynamic_update_slice_in_dim(rows, new, index * block, axis=0)

    empty = jnp.zeros((most * block, packing.numbers))
    return jax.lax.fori_loop(0, blocks, one, empty)
