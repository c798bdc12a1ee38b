"""Learning progress: train on the levels whose success rate is changing, whether it rises or falls.

A level that is always solved and one that is never solved teach the same: nothing. Both have a success rate that
does not change. So each level of a buffer has two running averages of its success rate, one quick to forget and
one slow, and is selected in proportion to their difference |fast - slow|. A level in which that stays near 0 gives its
place to a new one. The absolute value brings back what the agent is forgetting.

Sources: T. Matiisen et al., "Teacher-Student Curriculum Learning", arXiv:1707.00183 (the absolute slope of the learning
curve, tasks in proportion to it, some at random); I. Kanitscheider et al., arXiv:2106.14876 (fast and slow averages of
success rates). Both have a fixed list of tasks; the buffer that is refilled is for an endless supply of them. Not here:
the latter's reweighting of low success rates, and its preference for the tasks above a quantile.

Limit: with few episodes a rate that is constant seems to change by chance, most so a rate of 1/2."""

from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from kinetix_env.config import as_integer, check_chances, check_integers, check_numbers, checks_its_fields
from kinetix_env.errors import ConfigError
from kinetix_env.level import Level
from kinetix_env.protocols import LevelGenerator, LevelSource, Outcome, Probe
from kinetix_ued.toolkit import Packing, draw, fresh_rows, uniform

from .averages import Averages, no_episodes

__all__ = ["ChangingLevels", "LearningProgress", "ProgressState"]


class ProgressState(eqx.Module):
    """The levels, and what is known of each."""

    rows: Float[Array, "slot number"]  # levels, see `kinetix_ued.toolkit.Packing`
    serial: Int[Array, " slot"]  # number of the level among all that were made, from 1; 0 for an empty slot
    averages: Averages
    made: Int[Array, ""]  # number of levels made so far


class ChangingLevels(eqx.Module):
    """Made by `LearningProgress.build`. A level id is a slot and the serial number of the level that was in it."""

    source: LevelSource
    packing: Packing
    settings: "LearningProgress" = eqx.field(static=True)
    levels: int = eqx.field(static=True)
    block: int = eqx.field(static=True)  # new levels per update, at most

    def init(self, key: PRNGKeyArray) -> ProgressState:
        """No levels; the first `select` fills the buffer."""
        del key
        settings = self.settings
        return ProgressState(
            rows=jnp.zeros((settings.buffer, self.packing.numbers)),
            serial=jnp.zeros(settings.buffer, jnp.int32),
            averages=no_episodes(settings.buffer, settings.fast, settings.slow),
            made=jnp.zeros((), jnp.int32),
        )

    def select(
        self, state: ProgressState, key: PRNGKeyArray, probe: Probe
    ) -> tuple[Level, Int[Array, "level 2"], ProgressState]:
        """Levels of the buffer, after those in which nothing changes have been replaced."""
        del probe  # what is played anyway says enough
        generating, drawing = jax.random.split(key)
        state = self._renewed(state, generating)
        slots = draw(drawing, self.weights(state), self.levels)
        level_ids = jnp.stack([slots, state.serial[slots]], axis=1)
        return self.packing.unpack(state.rows[slots]), level_ids, state

    def report(self, state: ProgressState, level_ids: Int[Array, "level 2"], outcome: Outcome) -> ProgressState:
        """Count the episodes of levels that are still there."""
        slots, serial = level_ids[:, 0], level_ids[:, 1]
        here = (serial == state.serial[slots]) & (serial > 0)
        count = jnp.where(here, outcome.episodes, 0)
        episodes = jax.ops.segment_sum(count, slots, self.settings.buffer)
        solved = jax.ops.segment_sum(count.astype(jnp.float32) * outcome.success_rate, slots, self.settings.buffer)
        rate = solved / jnp.maximum(episodes, 1).astype(jnp.float32)
        return eqx.tree_at(lambda s: s.averages, state, state.averages.after(rate, episodes))

    def judged(self, state: ProgressState) -> Bool[Array, " slot"]:
        """Which levels have been played often enough."""
        return state.averages.episodes >= self.settings.patience

    def weights(self, state: ProgressState) -> Float[Array, " slot"]:
        """The probability of each slot: judged levels in proportion to their progress, the others all alike.

        The others' total probability is their fraction of the buffer, and at least `explore`.
        """
        judged, explore = self.judged(state), self.settings.explore
        others = uniform(jnp.where(judged.all(), True, ~judged))
        progress = jnp.where(judged, state.averages.progress(), 0.0)
        total = jnp.sum(progress)
        fraction = jnp.where(total > 0, jnp.maximum(explore, jnp.mean((~judged).astype(jnp.float32))), 1.0)
        return fraction * others + (1 - fraction) * progress / jnp.where(total > 0, total, 1.0)

    def _renewed(self, state: ProgressState, key: PRNGKeyArray) -> ProgressState:
        """With new levels in empty slots, and in those of the judged levels with the least progress."""
        capacity = self.settings.buffer
        progress = state.averages.progress()
        empty = state.serial == 0
        useless = empty | (self.judged(state) & (progress < self.settings.least))
        worst = jnp.argsort(jnp.where(empty, -1.0, jnp.where(useless, progress, jnp.inf)), stable=True)
        most = -(-capacity // self.block)
        blocks = jnp.where(empty.any(), most, jnp.minimum(jnp.sum(useless), 1)).astype(jnp.int32)
        new = fresh_rows(self.source, self.packing, key, block=self.block, most=most, blocks=blocks)[:capacity]
        order = jnp.arange(capacity, dtype=jnp.int32)
        taken = useless[worst] & (order < blocks * self.block)
        slot = jnp.where(taken, worst, capacity)  # a slot beyond the end is not written
        blank = no_episodes(capacity, *state.averages.rates)
        averages = jax.tree.map(lambda old, none: old.at[slot].set(none, mode="drop"), state.averages, blank)
        return ProgressState(
            rows=state.rows.at[slot].set(new, mode="drop"),
            serial=state.serial.at[slot].set(state.made + 1 + order, mode="drop"),
            averages=averages,
            made=state.made + jnp.sum(taken, dtype=jnp.int32),
        )


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class LearningProgress:
    """Levels whose success rate is changing; where nothing changes, new ones take their place."""

    name: ClassVar[str] = "learning-progress"
    buffer: int = 128  # levels kept, on each device
    fast: float = 0.1  # weight of one episode in the quick average of a level's success rate
    slow: float = 0.02  # and in the slow one
    patience: int = 16  # episodes of a level before it is judged
    least: float = 0.02  # a judged level that changes less is replaced
    explore: float = 0.25  # fraction of the selected levels that are not judged yet, at least
    fresh: float = 0.125  # new levels in an update, at most, for each level selected

    def __post_init__(self) -> None:
        check_integers(self, ("buffer", "patience"), 1)
        check_numbers(self, ("fast", "slow", "fresh"), 1e-6, 1.0)
        check_chances(self, ["least", "explore"])
        if not self.slow < self.fast:
            raise ConfigError(f"LearningProgress.slow must be below fast, which is {self.fast}, got {self.slow}.")

    def build(self, generator: LevelGenerator, levels: int) -> ChangingLevels:
        """A curriculum that selects this many levels at a time, new ones from a generator."""
        levels = as_integer(levels, "A curriculum's levels", 1)
        return ChangingLevels(
            source=generator,
            packing=Packing.of(generator),
            settings=self,
            levels=levels,
            block=max(1, round(levels * self.fresh)),
        )
