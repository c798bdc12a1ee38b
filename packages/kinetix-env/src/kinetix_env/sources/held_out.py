"""The held-out set: fixed random levels of a size, to compare general agents on.

The levels are those of the default random generator (`RandomLevels`), with its filter made strict: doing nothing
solves none of them within a whole episode, whereas training levels are watched for 64 steps, and one solved level in
a thousand is let through. Level i is a function of (SEED, i) alone, so that a smaller set is the beginning of a larger
one.

Training never draws these levels unless it is given the very seed. The numbers of a level may differ in the last bits
between platforms; where a candidate only just passes the filter, a level may then be another one."""

import difflib
from functools import lru_cache, partial

import jax
import jax.numpy as jnp

from ..config import as_integer
from ..errors import ConfigError, UnknownNameError, pick
from ..generators import RandomLevels
from ..level.level import Level
from ..level.named import NamedLevel
from ..level.sizes import SIZES
from ..task.env import HORIZON
from .random_levels import MOST_LEVELS, numbered

__all__ = ["COUNT", "SEED", "held_out", "held_out_level", "held_out_levels"]

SEED = 241_023_208  # of all sizes; from the number of the paper behind this task space, arXiv:2410.23208
COUNT = 512  # levels; the standard error of a success rate is then below 0.023
DIGITS = len(str(COUNT - 1))  # of the number in a level's name, such as held-out-s-017


def held_out(size: str, count: int = COUNT) -> Level:
    """The first `count` levels of the held-out set of size `s`, `m` or `l`, stacked along a leading axis."""
    pick("size", size, SIZES)
    as_integer(count, "held_out: count", 1, MOST_LEVELS)
    levels: Level = _draw(size, count)
    return levels


def held_out_levels(size: str, count: int | None = None) -> list[NamedLevel]:
    """The first `count` levels of the held-out set of a size, by default all 512, one by one and on the host."""
    wanted = COUNT if count is None else count
    as_integer(wanted, "--count", 1, MOST_LEVELS)
    if wanted > COUNT:
        raise ConfigError(f"held-out:{size} has {COUNT} levels, and --count is {wanted}; random:{size} has any number.")
    # always the whole set: a level is then the same to the last bit, and one program serves all smaller counts
    return list(_numbered(size)[:wanted])


@lru_cache(maxsize=len(SIZES))
def _numbered(size: str) -> tuple[NamedLevel, ...]:
    origin = f"the held-out set {size}, seed {SEED}"
    return tuple(numbered(held_out(size), f"held-out-{size}", origin, digits=DIGITS))


def held_out_level(size: str, name: str) -> NamedLevel:
    """One level of the held-out set of a size by its name, such as `held-out-s-017`."""
    known = {f"held-out-{size}-{row:0{DIGITS}d}": row for row in range(COUNT)}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        first, *_, last = known
        raise UnknownNameError(f"No level of held-out:{size} called {name!r}.{hint} Known: {first} to {last}.")
    return held_out_levels(size, known[name] + 1)[-1]


@partial(jax.jit, static_argnums=(0, 1))
def _draw(size: str, count: int) -> Level:
    generator = RandomLevels(filter_weight=0.0, filter_steps=HORIZON).build(SIZES[size])
    keys = jax.vmap(lambda row: jax.random.fold_in(jax.random.key(SEED), row))(jnp.arange(count))
    return jax.vmap(generator.sample)(keys)
