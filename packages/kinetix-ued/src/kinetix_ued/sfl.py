"""Sampling for learnability (SFL, arXiv:2408.15099): train on the levels that are solved sometimes.

Every `refresh_every` updates the agent is evaluated on `candidates` new levels, and those with the highest learnability
p (1 - p), p the success rate, replace the buffer. In every update a fraction of the selected levels is drawn uniformly
from the buffer, and the others are new."""

from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from kinetix_env.config import as_integer, check_integers, check_number, checks_its_fields, field_error
from kinetix_env.level import Level
from kinetix_env.protocols import LevelGenerator, LevelSource, Outcome, Probe

from .buffer import LevelBuffer, empty_buffer, insert
from .fresh import fresh_rows
from .packing import Packing
from .replay import draw, uniform
from .scores import learnability

__all__ = ["SFL", "LearnableLevels", "SFLState"]


class SFLState(eqx.Module):
    """The buffer of the most learnable levels, and the number of selections so far."""

    buffer: LevelBuffer
    updates: Int[Array, ""]


class LearnableLevels(eqx.Module):
    """Sampling for learnability, built by `SFL.build`."""

    source: LevelSource
    packing: Packing
    levels: int = eqx.field(static=True)
    from_buffer: int = eqx.field(static=True)  # number of selected levels that come from the buffer
    capacity: int = eqx.field(static=True)  # of the buffer
    candidates: int = eqx.field(static=True)
    refresh_every: int = eqx.field(static=True)

    def init(self, key: PRNGKeyArray) -> SFLState:
        """Return an empty buffer; the first `select` fills it."""
        del key
        return SFLState(buffer=empty_buffer(self.capacity, self.packing.numbers), updates=jnp.zeros((), jnp.int32))

    def select(self, state: SFLState, key: PRNGKeyArray, probe: Probe) -> tuple[Level, Int[Array, " level"], SFLState]:
        """Select levels of the buffer, followed by new ones; the level ids are not used."""
        generating, playing, drawing = jax.random.split(key, 3)
        due = state.updates % self.refresh_every == 0
        new, candidates = self._fresh(generating, due)
        buffer = jax.lax.cond(due, lambda: self.most_learnable(candidates, playing, probe), lambda: state.buffer)
        kept = buffer.rows[draw(drawing, uniform(buffer.filled), self.from_buffer)]
        levels = self.packing.unpack(jnp.concatenate([kept, new]))
        return levels, jnp.arange(self.levels), SFLState(buffer=buffer, updates=state.updates + 1)

    def report(self, state: SFLState, level_ids: Int[Array, " level"], outcome: Outcome) -> SFLState:
        """Ignore the outcomes: a rollout has too few episodes per level to estimate a success rate."""
        del level_ids, outcome
        return state

    def most_learnable(self, rows: Float[Array, "level number"], key: PRNGKeyArray, probe: Probe) -> LevelBuffer:
        """Evaluate levels, and return a buffer of the most learnable, without duplicates."""
        outcome = probe(self.packing.unpack(rows), key)
        everything = jnp.ones(len(rows), bool)
        empty = empty_buffer(self.capacity, self.packing.numbers)
        now = jnp.zeros((), jnp.int32)
        return insert(empty, rows, learnability(outcome), outcome.max_return, everything, now)

    def _fresh(
        self, key: PRNGKeyArray, due: Array
    ) -> tuple[Float[Array, "level number"], Float[Array, "candidate number"]]:
        """Return the new levels to train on and the candidates, which are zero if no refresh is due."""
        new = self.levels - self.from_buffer
        block = new or min(self.candidates, 128)
        usual, most = -(-new // block), -(-(new + self.candidates) // block)
        blocks = jnp.where(due, most, usual)
        rows = fresh_rows(self.source, self.packing, key, block=block, most=most, blocks=blocks)
        return rows[:new], rows[new : new + self.candidates]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class SFL:
    """Sampling for learnability (SFL): half new levels, half levels that the agent solves sometimes."""

    name: ClassVar[str] = "sfl"
    buffer: int = 256  # buffer capacity in levels, per group of environments
    candidates: int = 1024  # new levels evaluated per refresh of the buffer, per group of environments
    refresh_every: int = 32  # updates between refreshes of the buffer
    buffer_share: float = 0.5  # fraction of the selected levels that comes from the buffer

    def __post_init__(self) -> None:
        check_integers(self, ("buffer", "candidates", "refresh_every"), 1)
        check_number(self, "buffer_share", 0.0, 1.0)
        if self.candidates < self.buffer:
            raise field_error(self, "candidates", f"at least as many as SFL.buffer, which is {self.buffer}")

    def build(self, generator: LevelGenerator, levels: int) -> LearnableLevels:
        """Return the curriculum, which selects `levels` levels at a time and draws new ones from a generator."""
        levels = as_integer(levels, "A curriculum's levels", 1)
        return LearnableLevels(
            source=generator,
            packing=Packing.of(generator),
            levels=levels,
            from_buffer=int(levels * self.buffer_share),
            capacity=self.buffer,
            candidates=self.candidates,
            refresh_every=self.refresh_every,
        )
