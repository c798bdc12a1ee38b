"""Generation of new levels in blocks of equal size, with a number of blocks that is known only at run time.

Random generators are large programs that take ten seconds or more to compile. A curriculum that needs few new levels
in most updates and many in some calls `fresh_rows` once, so that its generator is compiled once."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from kinetix_env.protocols import LevelSource

from .packing import Packing

__all__ = ["fresh_block", "fresh_rows"]


def fresh_block(source: LevelSource, packing: Packing, key: PRNGKeyArray, count: int) -> Float[Array, "level number"]:
    """Generate `count` new levels as rows."""
    return packing.pack(jax.vmap(source.sample)(jax.random.split(key, count)))


def fresh_rows(
    source: LevelSource, packing: Packing, key: PRNGKeyArray, *, block: int, most: int, blocks: Int[Array, ""]
) -> Float[Array, "level number"]:
    """Return `most` blocks of `block` levels each; the first `blocks` are generated, the other rows are zero."""

    def one(index: Array, rows: Float[Array, "level number"]) -> Float[Array, "level number"]:
        new = fresh_block(source, packing, jax.random.fold_in(key, index), block)
        return jax.lax.dynamic_update_slice_in_dim(rows, new, index * block, axis=0)

    empty = jnp.zeros((most * block, packing.numbers))
    return jax.lax.fori_loop(0, blocks, one, empty)
