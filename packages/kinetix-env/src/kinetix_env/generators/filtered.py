"""Levels of one capacity, drawn at random and filtered: what the trainer draws from.

Filter. A level that is solved by doing nothing teaches nothing. The published generator draws a pool of twice as many
levels as needed, plays them and chooses among the others. Here every level is drawn again until it passes, which
gives the same distribution, plays fewer levels (about 1.25 instead of 2 for each one returned), and makes a level
a function of its key alone: `sample` alone, `jax.vmap(sample)` and `sample_batch` return the same levels.

Speed. All `jax.vmap` around `sample` end in one loop over a queue: a block of lanes draws the next candidates, plays
them, and writes those that pass into the result. When fewer levels are missing than there are lanes, several
candidates are tried for each at once; the first one that passes counts."""

import math
from abc import abstractmethod
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, PRNGKeyArray

from jax2d import Capacity, Engine
from jax2d.batching import default_settings

from ..errors import ConfigError
from ..level.level import Level, empty_level
from .doing_nothing import solved_by_doing_nothing
from .draft import Draft, level_of
from .lanes import over_lanes
from .settings import FilterSettings
from .shapes import CORNERS

__all__ = ["FilteredGenerator"]

_WALLS = 4
_CPU_LANES = 128  # levels drawn and played at once; the engine works on blocks of that size
_LANES = 4096  # elsewhere


class Queue(NamedTuple):
    """The progress of filtered sampling: one wanted level per key."""

    done: Array  # [key] bool
    tried: Array  # [key] candidates that did not pass
    records: Array  # [key, number], see `_records`


class FilteredGenerator(eqx.Module):
    """A generator for one capacity. A subclass has `settings`, and says how to draw."""

    capacity: Capacity = eqx.field(static=True)  # of all levels
    settings: eqx.AbstractVar[FilterSettings]  # parameters of the distribution and the filter

    def __check_init__(self) -> None:
        capacity = self.capacity
        if capacity.static_polygons != _WALLS or capacity.vertices < CORNERS:
            raise ConfigError(
                f"Random levels need a Capacity with static_polygons={_WALLS} (floor, walls, ceiling) and at least "
                f"{CORNERS} vertices, got static_polygons={capacity.static_polygons}, vertices={capacity.vertices}."
            )

    @default_settings
    def sample(self, key: PRNGKeyArray) -> Level:
        """Draw one level; filtered, unless the settings say otherwise. Fast under `jax.vmap`."""
        data, wrap = _key_data(key)
        return over_lanes(lambda keys: self._draw(wrap(keys)), data)

    @default_settings
    def sample_batch(self, key: PRNGKeyArray, count: int) -> Level:
        """Draw `count` levels, stacked; the same as `jax.vmap(sample)` over `jax.random.split(key, count)`."""
        return jax.vmap(self.sample)(jax.random.split(key, count))

    @default_settings
    def sample_unfiltered(self, key: PRNGKeyArray) -> Level:
        """Draw one level that may be solved by doing nothing. Fast under `jax.vmap`."""
        data, wrap = _key_data(key)
        return over_lanes(lambda keys: self._levels(self._drafts(wrap(keys))), data)

    @abstractmethod
    def _drafts(self, keys: Array) -> Draft:
        """Unfiltered levels as tables, lanes last."""

    def _levels(self, drafts: Draft) -> Level:
        """Levels from their tables, stacked."""
        empty = empty_level(self.capacity)
        return jax.vmap(lambda draft: level_of(draft, empty), in_axes=-1)(drafts)

    def _draw(self, keys: Array) -> Level:
        """A filtered level for each of some keys."""
        if not self.settings.filter:
            return self._levels(self._drafts(keys))
        lanes = min(len(keys), _CPU_LANES if jax.default_backend() == "cpu" else _LANES)
        shapes = jax.eval_shape(self._drafts, keys)
        start = Queue(
            done=jnp.zeros(len(keys), bool),
            tried=jnp.zeros(len(keys), jnp.int32),
            records=jnp.zeros((len(keys), sum(math.prod(shape.shape[:-1]) for shape in shapes))),
        )
        filled = lax.while_loop(lambda q: ~jnp.all(q.done), lambda q: self._serve(keys, lanes, q), start)
        return self._levels(_drafts_from(filled.records, shapes))

    def _serve(self, keys: Array, lanes: int, queue: Queue) -> Queue:
        """Draw and play one block of candidates."""
        waiting = jnp.argsort(queue.done, stable=True)[:lanes]  # those that are missing come first
        missing = jnp.minimum(jnp.sum(~queue.done, dtype=jnp.int32), lanes)
        lane = jnp.arange(lanes, dtype=jnp.int32)
        wanted = waiting[lane % missing]
        attempt = queue.tried[wanted] + lane // missing
        candidate_keys = jax.vmap(jax.random.fold_in)(keys[wanted], attempt)
        drafts = self._drafts(candidate_keys)
        passes = self._passes(candidate_keys, self._levels(drafts)) | (attempt >= self.settings.filter_attempts - 1)
        earlier = (wanted[:, None] == wanted[None]) & (lane[:, None] < lane[None]) & passes[:, None]
        taken = passes & ~jnp.any(earlier, axis=0)
        row = jnp.where(taken, wanted, len(keys))  # a row beyond the end is not written
        return Queue(
            done=queue.done.at[row].set(True, mode="drop"),
            tried=queue.tried.at[wanted].add(1),
            records=queue.records.at[row].set(_records(drafts), mode="drop"),
        )

    def _passes(self, keys: Array, levels: Level) -> Array:
        """Mask of the candidates that pass the filter."""
        settings = self.settings
        steps = settings.filter_steps * settings.filter_frame_skip
        solved = solved_by_doing_nothing(Engine(self.capacity), levels, steps)
        spared = jax.vmap(lambda key: jax.random.uniform(jax.random.fold_in(key, 1)))(keys) < settings.filter_weight
        return ~solved | spared


def _key_data(key: PRNGKeyArray) -> tuple[Array, Any]:
    """A key as plain numbers, and the way back; works for new-style and for raw keys."""
    if jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
        kind = jax.random.key_impl(key)
        return jax.random.key_data(key), lambda data: jax.random.wrap_key_data(data, impl=kind)
    return key, lambda data: data


def _records(drafts: Draft) -> Array:
    """All numbers of each level in one row, [lane, number]."""
    return jnp.concatenate([table.reshape(-1, table.shape[-1]) for table in drafts]).T


def _drafts_from(records: Array, shapes: Draft) -> Draft:
    """The inverse of `_records`."""
    tables, start = [], 0
    for shape in shapes:
        count = math.prod(shape.shape[:-1])
        tables.append(records.T[start : start + count].reshape(shape.shape))
        start += count
    return Draft(*tables)
