"""The held-out set: fixed random levels of a size, to compare general agents on.

The levels are those of the default random generator (`RandomLevels`), with its filter made strict: doing nothing
solves none of them within a whole episode, whereas training levels are watched for 64 steps, and one solved level in
a thousand is let through. Level i is a function of (SEED, i) alone, so that a smaller set is the beginning of a larger
one.

Training never draws these levels unless it is given the very seed. The numbers of a level may differ in the last bits
between platforms; where a candidate only just passes the filter, a level may then be another one."""

from functools import partial

import jax
import jax.numpy as jnp

from ..config import as_integer
from ..errors import pick
from ..generators import RandomLevels
from ..level.level import Level
from ..level.sizes import SIZES
from ..task.env import HORIZON

__all__ = ["COUNT", "SEED", "held_out"]

SEED = 241_023_208  # of all sizes; from the number of the paper behind this task space, arXiv:2410.23208
COUNT = 512  # levels; the standard error of a solve rate is then below 0.023
MOST = 100_000  # levels of one call; they are all in memory


def held_out(size: str, count: int = COUNT) -> Level:
    """The first `count` levels of the held-out set of size `s`, `m` or `l`, stacked along a leading axis."""
    pick("size", size, SIZES)
    levels: Level = _draw(size, as_integer(count, "held_out: count", 1, MOST))
    return levels


@partial(jax.jit, static_argnums=(0, 1))
def _draw(size: str, count: int) -> Level:
    generator = RandomLevels(filter_weight=0.0, filter_steps=HORIZON).build(SIZES[size])
    keys = jax.vmap(lambda row: jax.random.fold_in(jax.random.key(SEED), row))(jnp.arange(count))
    return jax.vmap(generator.sample)(keys)
