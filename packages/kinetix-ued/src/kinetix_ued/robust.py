"""Training on replayed levels only: robust PLR (arXiv:2110.02439) and ACCEL (arXiv:2203.01302).

The agent never learns on levels that are not in the buffer. In every update it evaluates, without learning (`probe`), a
block of new levels and for ACCEL blocks of children of the levels selected in the previous update; they are scored and
offered to the buffer, and then all levels to train on are drawn from it. In the first update the buffer is filled to
its minimum in the same way.

A single loop over the blocks compiles generator, mutations and probe once each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

from kinetix_env.config import as_integer, check_integers, check_number, checks_its_fields
from kinetix_env.generators import RandomGenerator, RandomLevels, Settings
from kinetix_env.level import Level
from kinetix_env.mutations import mutate
from kinetix_env.protocols import LevelGenerator, LevelSource, Outcome, Probe

from .buffer import LevelBuffer, empty_buffer, mark_seen
from .fresh import fresh_block
from .learning import learn_known, learn_probed
from .packing import Packing
from .replay import Replay, draw
from .scores import SCORES, Score
from .settings import ReplaySettings

__all__ = ["ACCEL", "Mutation", "RobustPLR", "RobustState", "TriedLevels"]

Mutation = Callable[[PRNGKeyArray, Level], Level]


@dataclass(frozen=True)
class Edits:
    """Makes a child by a number of random mutations. Unlike a `partial`, it is equal to a copy of it."""

    count: int
    settings: Settings

    def __call__(self, key: PRNGKeyArray, level: Level) -> Level:
        """The child of a level."""
        return mutate(key, level, self.count, self.settings)


class RobustState(eqx.Module):
    """The level buffer, the parents of the next children, and the number of selections so far."""

    buffer: LevelBuffer
    parents: Float[Array, "parent number"]
    updates: Int[Array, ""]


class TriedLevels(eqx.Module):
    """Robust PLR, or ACCEL with `children` above 0. The level ids are fingerprints."""

    source: LevelSource
    packing: Packing
    replay: Replay
    levels: int = eqx.field(static=True)
    block: int = eqx.field(static=True)  # number of levels evaluated at once
    children: int = eqx.field(static=True)  # blocks of children per update
    mutation: Mutation = eqx.field(static=True)  # makes a child from its parent
    capacity: int = eqx.field(static=True)  # of the buffer
    needed: int = eqx.field(static=True)  # number of levels evaluated in the first update
    score: Score = eqx.field(static=True)

    def init(self, key: PRNGKeyArray) -> RobustState:
        """Return an empty buffer; the first `select` fills it to its minimum."""
        del key
        return RobustState(
            buffer=empty_buffer(self.capacity, self.packing.numbers),
            parents=jnp.zeros((self.children * self.block, self.packing.numbers)),
            updates=jnp.zeros((), jnp.int32),
        )

    def select(
        self, state: RobustState, key: PRNGKeyArray, probe: Probe
    ) -> tuple[Level, UInt32[Array, "level 2"], RobustState]:
        """Evaluate new levels, and select levels of the buffer."""
        trying, drawing, choosing = jax.random.split(key, 3)
        now = state.updates + 1
        buffer = self._try(state, trying, probe, now)
        weights = self.replay.weights(buffer.score, buffer.last_seen, buffer.filled, now)
        slots = draw(drawing, weights, self.levels)
        rows = buffer.rows[slots]
        parents = rows[draw(choosing, jnp.full(self.levels, 1 / self.levels), self.children * self.block)]
        state = RobustState(buffer=mark_seen(buffer, slots, now), parents=parents, updates=now)
        return self.packing.unpack(rows), buffer.fingerprint[slots], state

    def report(self, state: RobustState, level_ids: UInt32[Array, "level 2"], outcome: Outcome) -> RobustState:
        """Update the scores of the levels that are still in the buffer."""
        buffer = learn_known(state.buffer, level_ids, outcome, self.score)
        return RobustState(buffer=buffer, parents=state.parents, updates=state.updates)

    def mutated(self, key: PRNGKeyArray, rows: Float[Array, "level number"]) -> Float[Array, "level number"]:
        """Return one mutated child per level."""
        children = jax.vmap(self.mutation)(jax.random.split(key, len(rows)), self.packing.unpack(rows))
        return self.packing.pack(children)

    def _try(self, state: RobustState, key: PRNGKeyArray, probe: Probe, now: Int[Array, ""]) -> LevelBuffer:
        """Evaluate levels without learning on them, and offer them to the buffer."""
        first = state.updates == 0
        fresh = jnp.where(first, -(-self.needed // self.block), 1)
        blocks = jnp.where(first, fresh, 1 + self.children)

        def one(index: Array, buffer: LevelBuffer) -> LevelBuffer:
            making, playing = jax.random.split(jax.random.fold_in(key, index))
            rows = self._block(making, index, index < fresh, state.parents)
            outcome = probe(self.packing.unpack(rows), playing)
            return learn_probed(buffer, rows, outcome, self.score, now)

        return jax.lax.fori_loop(0, blocks, one, state.buffer)

    def _block(
        self, key: PRNGKeyArray, index: Array, fresh: Array, parents: Float[Array, "parent number"]
    ) -> Float[Array, "level number"]:
        """Return the next block to evaluate: new levels if `fresh`, otherwise children; the first block is new."""
        if not self.children:
            return fresh_block(self.source, self.packing, key, self.block)
        start = jnp.maximum(index - 1, 0) * self.block
        own = jax.lax.dynamic_slice_in_dim(parents, start, self.block)
        return jax.lax.cond(
            fresh,
            lambda: fresh_block(self.source, self.packing, key, self.block),
            lambda: self.mutated(key, own),
        )


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class RobustPLR(ReplaySettings):
    """Robust prioritized level replay: new levels are only tried out, all training is on the best so far."""

    name: ClassVar[str] = "robust-plr"
    fresh: float = 0.125  # new levels that are tried in every update, for each level selected

    def __post_init__(self) -> None:
        ReplaySettings.__post_init__(self)
        check_number(self, "fresh", 0.0, 1.0, exclusive=True)

    def build(self, generator: LevelGenerator, levels: int) -> TriedLevels:
        """A curriculum that selects this many levels at a time, new ones from a generator."""
        return self._tried(generator, levels)

    def _tried(self, generator: LevelGenerator, levels: int, *, children: int = 0, edits: int = 0) -> TriedLevels:
        levels = as_integer(levels, "A curriculum's levels", 1)
        settings = generator.settings if isinstance(generator, RandomGenerator) else RandomLevels()
        return TriedLevels(
            source=generator,
            packing=Packing.of(generator),
            replay=self.replay,
            levels=levels,
            block=max(1, round(levels * self.fresh)),
            children=children,
            mutation=Edits(edits, settings),
            capacity=self.buffer,
            needed=self.needed,
            score=SCORES[self.score],
        )


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class ACCEL(RobustPLR):
    """Robust prioritized level replay, and small changes to the levels that are replayed are tried out as well."""

    name: ClassVar[str] = "accel"
    children: int = 1  # children that are tried, for each new level that is
    edits: int = 5  # mutations from parent to child

    def __post_init__(self) -> None:
        RobustPLR.__post_init__(self)
        check_integers(self, ("children", "edits"), 1)

    def build(self, generator: LevelGenerator, levels: int) -> TriedLevels:
        """A curriculum that selects this many levels at a time, new ones from a generator."""
        return self._tried(generator, levels, children=self.children, edits=self.edits)
