"""Prioritized level replay (PLR, arXiv:2010.03934): most levels are replayed by score, a few are new.

Every level that is played, new or replayed, is scored by its outcome and offered to the buffer. The published algorithm
decides independently for each level whether it is new; here every update has the expected number of new levels,
rounded up or down at random, so that no more levels are generated than needed."""

import math
from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from kinetix_env.config import as_integer, check_number, checks_its_fields
from kinetix_env.level import Level
from kinetix_env.protocols import LevelGenerator, LevelSource, Outcome, Probe

from .buffer import LevelBuffer, empty_buffer, mark_seen
from .fresh import fresh_rows
from .learning import learn
from .packing import Packing
from .replay import Replay, draw
from .scores import SCORES, Score
from .settings import ReplaySettings

__all__ = ["PLR", "PLRState", "ReplayedLevels"]


class PLRState(eqx.Module):
    """The level buffer and the number of selections so far."""

    buffer: LevelBuffer
    updates: Int[Array, ""]


class ReplayedLevels(eqx.Module):
    """Prioritized level replay, built by `PLR.build`. The level ids are the levels themselves, as rows."""

    source: LevelSource
    packing: Packing
    replay: Replay
    levels: int = eqx.field(static=True)
    fresh: float = eqx.field(static=True)  # mean number of new levels per update
    capacity: int = eqx.field(static=True)  # of the buffer
    needed: int = eqx.field(static=True)  # number of levels in the buffer before replay starts
    score: Score = eqx.field(static=True)

    def init(self, key: PRNGKeyArray) -> PLRState:
        """Return an empty buffer."""
        del key
        return PLRState(buffer=empty_buffer(self.capacity, self.packing.numbers), updates=jnp.zeros((), jnp.int32))

    def select(
        self, state: PLRState, key: PRNGKeyArray, probe: Probe
    ) -> tuple[Level, Float[Array, "level number"], PLRState]:
        """Select levels of the buffer and new ones, shuffled; only new ones while the buffer has too few."""
        del probe
        generating, rounding, drawing, mixing = jax.random.split(key, 4)
        ready = jnp.sum(state.buffer.filled) >= self.needed
        new = self._fresh(generating, ready)
        count = jnp.floor(self.fresh + jax.random.uniform(rounding)).astype(jnp.int32)
        is_new = jnp.arange(self.levels, dtype=jnp.int32) < jnp.where(ready, count, self.levels)

        now = state.updates + 1
        buffer = state.buffer
        weights = self.replay.weights(buffer.score, buffer.last_seen, buffer.filled, now)
        slots = draw(drawing, weights, self.levels)
        rows = jnp.where(is_new[:, None], new, buffer.rows[slots])
        rows = jax.random.permutation(mixing, rows)
        buffer = mark_seen(buffer, jnp.where(is_new, buffer.capacity, slots), now)
        return self.packing.unpack(rows), rows, PLRState(buffer=buffer, updates=now)

    def report(self, state: PLRState, level_ids: Float[Array, "level number"], outcome: Outcome) -> PLRState:
        """Score every level with a finished episode, and offer it to the buffer."""
        buffer = learn(state.buffer, level_ids, outcome, self.score, state.updates)
        return PLRState(buffer=buffer, updates=state.updates)

    def _fresh(self, key: PRNGKeyArray, ready: Bool[Array, ""]) -> Float[Array, "level number"]:
        """Return enough new levels for this update, followed by rows of zeros."""
        block = math.ceil(round(self.fresh, 6)) or self.levels
        usual, most = math.ceil(round(self.fresh, 6)) // block, -(-self.levels // block)
        blocks = jnp.where(ready, usual, most)
        return fresh_rows(self.source, self.packing, key, block=block, most=most, blocks=blocks)[: self.levels]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class PLR(ReplaySettings):
    """Prioritized level replay (PLR): most levels are replayed by score, the others are new."""

    name: ClassVar[str] = "plr"
    replay_rate: float = 0.875  # fraction of the selected levels that are replayed; published: 0.5

    def __post_init__(self) -> None:
        ReplaySettings.__post_init__(self)
        check_number(self, "replay_rate", 0.0, 1.0)

    def build(self, generator: LevelGenerator, levels: int) -> ReplayedLevels:
        """Return the curriculum, which selects `levels` levels at a time and draws new ones from a generator."""
        levels = as_integer(levels, "A curriculum's levels", 1)
        return ReplayedLevels(
            source=generator,
            packing=Packing.of(generator),
            replay=self.replay,
            levels=levels,
            fresh=round(levels * (1 - self.replay_rate), 6),
            capacity=self.buffer,
            needed=self.needed,
            score=SCORES[self.score],
        )
