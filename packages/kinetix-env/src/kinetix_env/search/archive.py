"""States to go on from, after Go-Explore (Ecoffet et al., 2021): return to what was reached, then explore from there.

States are distinguished by the cell they lie in: where green is, where blue is, and how green moves, coarsely. A cell
keeps the state that was reached first in its episode, since more time is left from there, and the plan that leads to
it. Half of the time a state is drawn for how seldom it was drawn before, and half of the time also for how close
green is to blue."""

from typing import Any

import jax
import numpy as np
from jaxtyping import Float, Int, Int8

from ..level.level import Level, Role
from .choices import with_role
from .lanes import Lane

__all__ = ["Archive", "copy_rows"]

CELL = 0.25  # m
SPEED = 2.0  # m/s
NEAR = 0.3  # m, how much further away makes a state e times less likely
MOST_CELLS = 4096


class Archive:
    """The archived states, one per cell, at most MOST_CELLS."""

    def __init__(self, level: Level, start: Lane, plan: Int8[np.ndarray, "step actuator"]) -> None:
        self._green, self._blue = with_role(level, Role.GREEN), with_role(level, Role.BLUE)
        self._lanes = jax.tree.map(lambda leaf: np.zeros((MOST_CELLS, *np.shape(leaf)), np.asarray(leaf).dtype), start)
        self._plans = np.zeros((MOST_CELLS, *plan.shape), np.int8)
        self._picked = np.zeros(MOST_CELLS)
        self._slots: dict[bytes, int] = {}
        self._keys: list[bytes] = []

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, lanes: Lane, plans: Int8[np.ndarray, "lane step actuator"], rows: Int[np.ndarray, " some"]) -> None:
        """Keep those of some rows that lie in a new cell, or were reached sooner than what its cell holds."""
        keep: dict[int, int] = {}  # slot: row
        times = np.asarray(self._lanes.time)
        for row, cell in zip(rows.tolist(), self._cells(lanes, rows), strict=True):
            key = cell.tobytes()
            slot = self._slots.get(key)
            if slot is None:
                slot = self._new(key)
            elif lanes.time[row] >= (lanes.time[keep[slot]] if slot in keep else times[slot]):
                continue
            keep[slot] = row
        slots, rows = np.fromiter(keep, int), np.fromiter(keep.values(), int)
        copy_rows(self._lanes, slots, lanes, rows)
        self._plans[slots] = plans[rows]

    def pick(self, rng: np.random.Generator, count: int) -> Int[np.ndarray, " count"]:
        """Draw the slots of `count` states to continue from."""
        fresh = 1 / np.sqrt(1 + self._picked[: len(self)])
        distance = np.asarray(self._lanes.distance)[: len(self)]
        near = fresh * np.exp(-(distance - distance.min()) / NEAR)
        slots = rng.choice(len(self), count, p=(fresh / fresh.sum() + near / near.sum()) / 2)
        np.add.at(self._picked, slots, 1)
        return slots

    def plan(self, slot: int) -> tuple[Int8[np.ndarray, "step actuator"], int]:
        """The plan that leads to a state, and how many environment steps it takes."""
        return self._plans[slot], int(np.asarray(self._lanes.time)[slot])

    def restore(self, lanes: Lane, rows: Int[np.ndarray, " some"], slots: Int[np.ndarray, " some"]) -> None:
        """Overwrite `rows` of the lanes with the archived states in `slots`."""
        copy_rows(lanes, rows, self._lanes, slots)

    def _cells(self, lanes: Lane, rows: Int[np.ndarray, " some"]) -> Int[np.ndarray, "some 6"]:
        position, velocity = np.asarray(lanes.physics.position)[rows], np.asarray(lanes.physics.velocity)[rows]
        parts: list[Float[np.ndarray, "some 2"]] = [
            position[:, self._green].mean(axis=1) / CELL,
            position[:, self._blue].mean(axis=1) / CELL,
            velocity[:, self._green].mean(axis=1) / SPEED,
        ]
        return np.round(np.concatenate(parts, axis=1)).astype(np.int16)

    def _new(self, key: bytes) -> int:
        """A slot for a cell: a free one, or that of the state that was drawn most often."""
        if len(self) < MOST_CELLS:
            slot = len(self)
            self._keys.append(key)
        else:
            slot = int(self._picked.argmax())
            del self._slots[self._keys[slot]]
            self._keys[slot] = key
        self._slots[key], self._picked[slot] = slot, 0
        return slot


def copy_rows(target: Any, to: Int[np.ndarray, " some"], source: Any, rows: Int[np.ndarray, " some"]) -> None:
    """Overwrite rows of a pytree of plain arrays."""
    for into, leaf in zip(jax.tree.leaves(target), jax.tree.leaves(source), strict=True):
        into[to] = leaf[rows]
