"""Rows of episodes behind both adapters: numpy in, numpy out, one compiled step for all rows."""

from typing import Any

import jax
import numpy as np
from gymnasium.utils import seeding
from jaxtyping import Bool

from ..generators import FilteredGenerator
from ..level.level import Level, empty_level
from ..level.pool import LevelPool
from ..task.env import KinetixEnv
from ..task.protocols import LevelSource
from .programs import StepOutput, programs_of
from .supply import LevelSupply

__all__ = ["Episodes", "seeded", "stream_seed"]


class Episodes:
    """Some episodes side by side, each with a stream of levels of its own."""

    def __init__(self, env: KinetixEnv, source: LevelSource, rows: int) -> None:
        self._programs = programs_of(env, _states_physics(source))
        self._supply = LevelSupply(source, self._programs.pool, rows)
        self._states = self._programs.blank(rows)
        self._none = np.zeros(rows, bool)

    def seed(self, seeds: dict[int, int]) -> None:
        """Begin the streams of these rows anew, with seeds that `stream_seed` gave."""
        if seeds:
            self._supply.seed(np.array(list(seeds), int), np.array(list(seeds.values()), np.uint32))

    def begin(self, anew: Bool[np.ndarray, " row"], levels: dict[int, Level] | None = None) -> tuple[Any, np.ndarray]:
        """Start an episode in some rows, of the levels given or the next of their streams.

        The observations and the distances in m, [row, ...]; of rows that go on they are what they were.
        """
        given = levels or {}
        if any(level.physics is not None for level in given.values()):
            self._make_room_for_physics()
        of_stream = anew.copy()
        of_stream[list(given)] = False
        places = self._supply.take(of_stream)
        for row, level in given.items():
            places[row] = self._supply.give(row, level)
        pool = self._supply.pool.rows
        self._states, obs, distance = self._programs.restart(pool, places, anew, self._states)
        return _host(obs), np.array(distance, np.float64)

    def step(self, actions: np.ndarray, anew: Bool[np.ndarray, " row"] | None = None) -> StepOutput:
        """Step every row by its action, or begin the next episode of its stream where `anew` is set."""
        anew = self._none if anew is None else anew
        places = self._supply.take(anew)
        pool = self._supply.pool.rows
        self._states, output = self._programs.step(pool, places, anew, self._states, actions)
        hosted: StepOutput = _host(output)
        return hosted

    def _make_room_for_physics(self) -> None:
        """Switch to the programs for levels that may state physics parameters."""
        if self._programs.physics:
            return
        old, self._programs = self._programs, programs_of(self._programs.env, physics=True)
        self._supply.make_room_for_physics()
        self._states = self._programs.states_of(old, self._states)

    def picture(self, row: int, size: int) -> np.ndarray:
        """A picture of a row, [size, size, 3] of uint8."""
        from ..picture import draw

        state = self._programs.state(self._states, row)
        return np.asarray(draw(state.level, state.physics, size=size))


def _states_physics(source: LevelSource) -> bool:
    """Whether levels of a source may state physics parameters."""
    return source.physics if isinstance(source, LevelPool) else _drawn(source).physics is not None


def _drawn(source: LevelSource) -> Level:
    """Shapes and types of one level of a source."""
    if isinstance(source, FilteredGenerator):  # takes long to trace, and states none
        return empty_level(source.capacity)
    drawn: Level = jax.eval_shape(source.sample, jax.random.key(0))
    return drawn


def _host(tree: Any) -> Any:
    """The arrays as numpy arrays that belong to the caller, and can be written to."""
    return jax.tree.map(np.array, tree)


def stream_seed(generator: np.random.Generator) -> int:
    """The seed of a stream of levels, drawn from Gymnasium's generator for an environment."""
    return int(generator.integers(2**32, dtype=np.uint32))


def seeded(seed: int) -> int:
    """The stream's seed that an environment of this seed has; Gymnasium's error if it cannot be one."""
    return stream_seed(seeding.np_random(seed)[0])
