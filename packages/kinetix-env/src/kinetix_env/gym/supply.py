"""Which level each row plays next.

Every row has a stream of levels without end: level `number` of a stream is a function of the stream's seed and the
number alone, so that a row of a batch plays what a single environment of its seed plays. Levels are drawn ahead, a
block at a time, since one alone takes nearly as long as many; a block serves the rows that will need one soonest."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Int, UInt

from ..level.level import Level
from ..level.pool import LevelPool
from ..levels import stack
from ..task.protocols import LevelSource
from .programs import draw

__all__ = ["LevelSupply"]

BLOCK = 256  # levels of one draw; of fewer, each takes longer
AHEAD = 4  # levels that are kept ready for a row, at most; more where there are few rows


class LevelSupply:
    """The streams of some rows, and the pool of those of their levels that are drawn but not played yet.

    A row has a place in the pool for each level ahead, and one more for a level that the caller gives.
    """

    def __init__(self, source: LevelSource, like: LevelPool, rows: int) -> None:
        """Make a supply of levels of `source` for `rows` rows, in a pool with the layout of `like`."""
        self._source = source
        self._ahead = max(AHEAD, BLOCK // rows)
        self._seeds = np.zeros(rows, np.uint32)
        self._next = np.zeros(rows, np.int64)  # the number of the level to play next
        self._drawn = np.zeros(rows, np.int64)  # levels of lower numbers have been drawn
        places = rows * (self._ahead + 1)
        self.pool = eqx.tree_at(lambda pool: pool.rows, like, jnp.zeros((places, like.rows.shape[1])))

    def seed(self, rows: Int[np.ndarray, " some"], seeds: UInt[np.ndarray, " some"]) -> None:
        """Begin the streams of some rows anew."""
        self._seeds[rows] = seeds
        self._next[rows] = self._drawn[rows] = 0

    def take(self, anew: Bool[np.ndarray, " row"]) -> Int[np.ndarray, " row"]:
        """The place of every row's next level; the rows that are `anew` use it up."""
        while (anew & (self._drawn <= self._next)).any():
            self._draw()
        places = self._places(np.arange(len(self._next)), self._next)
        self._next[anew] += 1
        return places

    def make_room_for_physics(self) -> None:
        """Let the levels of the pool state physics parameters; those that are drawn already state none."""
        if not self.pool.physics:
            self.pool = LevelPool(jax.vmap(self.pool.__getitem__)(jnp.arange(len(self.pool))), physics=True)

    def give(self, row: int, level: Level) -> int:
        """Put a level into a row's place for given ones; the place. The stream stays where it is."""
        place = row * (self._ahead + 1) + self._ahead
        packed = LevelPool(stack([level]), self.pool.physics).rows[0]
        self.pool = eqx.tree_at(lambda pool: pool.rows, self.pool, self.pool.rows.at[place].set(packed))
        return place

    def _draw(self) -> None:
        """Draw a block of the levels that will be needed soonest."""
        numbers = self._next + np.arange(self._ahead)[:, None]  # [ahead, row]
        ahead, row = np.nonzero(numbers >= self._drawn)
        row, number = row[:BLOCK], numbers[ahead, row][:BLOCK]
        np.maximum.at(self._drawn, row, number + 1)
        fill = BLOCK - len(row)  # the last one once more: it is written to the same place
        row, number = np.pad(row, (0, fill), mode="edge"), np.pad(number, (0, fill), mode="edge")
        places = self._places(row, number)
        self.pool = draw(self._source, self.pool, places, self._seeds[row], number.astype(np.uint32))

    def _places(self, row: Int[np.ndarray, " some"], number: Int[np.ndarray, " some"]) -> Int[np.ndarray, " some"]:
        places: Int[np.ndarray, " some"] = (row * (self._ahead + 1) + number % self._ahead).astype(np.int32)
        return places
