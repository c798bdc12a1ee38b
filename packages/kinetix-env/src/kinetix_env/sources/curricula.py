"""The two simplest curricula: new random levels every time, and a fixed list of levels in turn.

Neither learns from what is reported. The curricula that do are in kinetix-ued."""

from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, PRNGKeyArray

from ..config import as_integer
from ..errors import ConfigError
from ..level.batching import stack
from ..level.level import Level
from ..level.pool import LevelPool
from ..level.roles import warn_of_missing_roles
from ..task.protocols import LevelGenerator, LevelSource, Outcome, Probe
from .references import find_levels, padded

__all__ = ["FreshLevels", "ListCurriculum", "ListedLevels", "RandomCurriculum"]


class FreshLevels(eqx.Module):
    """Draws all levels anew."""

    source: LevelSource
    levels: int = eqx.field(static=True)

    def init(self, key: PRNGKeyArray) -> tuple[()]:
        """There is nothing to remember."""
        del key
        return ()

    def select(
        self, state: tuple[()], key: PRNGKeyArray, probe: Probe
    ) -> tuple[Level, Int[Array, " level"], tuple[()]]:
        """Generate new levels; the level ids are not used."""
        del probe
        levels = jax.vmap(self.source.sample)(jax.random.split(key, self.levels))
        return levels, jnp.arange(self.levels), state

    def report(self, state: tuple[()], level_ids: Int[Array, " level"], outcome: Outcome) -> tuple[()]:
        """Return the state unchanged."""
        del level_ids, outcome
        return state


class ListedLevels(eqx.Module):
    """Goes through a list of levels in order, round and round; its memory is where it has come to."""

    pool: LevelPool
    levels: int = eqx.field(static=True)

    def init(self, key: PRNGKeyArray) -> Int[Array, ""]:
        """Begin with the first level."""
        del key
        return jnp.zeros((), jnp.int32)

    def select(
        self, state: Int[Array, ""], key: PRNGKeyArray, probe: Probe
    ) -> tuple[Level, Int[Array, " level"], Int[Array, ""]]:
        """Select the next levels of the list; the level ids are indices into it."""
        del key, probe
        level_ids = (state + jnp.arange(self.levels, dtype=jnp.int32)) % len(self.pool)
        return jax.vmap(self.pool.__getitem__)(level_ids), level_ids, (state + self.levels) % len(self.pool)

    def report(self, state: Int[Array, ""], level_ids: Int[Array, " level"], outcome: Outcome) -> Int[Array, ""]:
        """Return the state unchanged."""
        del level_ids, outcome
        return state


@dataclass(frozen=True, kw_only=True)
class RandomCurriculum:
    """New levels of the generator, every time (domain randomisation)."""

    name: ClassVar[str] = "random"

    def build(self, generator: LevelGenerator, levels: int) -> FreshLevels:
        """A curriculum that selects this many levels at a time."""
        levels = as_integer(levels, "A curriculum's levels", 1)
        return FreshLevels(generator, levels)


@dataclass(frozen=True, kw_only=True)
class ListCurriculum:
    """The same levels again and again."""

    name: ClassVar[str] = "list"
    levels: tuple[str, ...] = ()  # files, folders, suite:SPLIT[/NAME], held-out:SIZE[/NAME], random:SIZE

    def build(self, generator: LevelGenerator, levels: int) -> ListedLevels:
        """A curriculum that selects this many levels at a time, padded to the generator's capacity."""
        levels = as_integer(levels, "A curriculum's levels", 1)
        return ListedLevels(LevelPool(self.load(generator.capacity)), levels)

    def load(self, capacity: Any) -> Level:
        """The levels, stacked and padded to a capacity."""
        if not self.levels:
            raise ConfigError("ListCurriculum.levels names at least one level file, folder or suite, got none.")
        named = [level for reference in self.levels for level in find_levels(str(reference))]
        warn_of_missing_roles((one.name, one.level) for one in named)
        return stack([padded(level, capacity) for level in named])
