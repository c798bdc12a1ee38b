"""Assigns episodes to the rows of a batch: a row whose episode is over gets the next one that has not started."""

import numpy as np
from jaxtyping import Bool, Int

__all__ = ["Schedule"]


class Schedule:
    """Assigns episodes 0, 1, 2, ... to rows, alternating between the devices, and counts those that are over."""

    def __init__(self, episodes: int, rows: int, devices: int) -> None:
        self.episodes = episodes
        self.begun = self.over = 0
        self.episode: Int[np.ndarray, " row"] = np.zeros(rows, np.int32)  # current or last episode of a row
        self.playing: Bool[np.ndarray, " row"] = np.zeros(rows, bool)
        self._order = np.arange(rows).reshape(devices, -1).T.ravel()  # so that few episodes still use all devices

    def fill(self) -> Bool[np.ndarray, " row"]:
        """Assign the next episodes to idle rows; return which rows start one."""
        idle = self._order[~self.playing[self._order]][: self.episodes - self.begun]
        self.episode[idle] = np.arange(self.begun, self.begun + len(idle), dtype=np.int32)
        self.begun += len(idle)
        fresh = np.zeros_like(self.playing)
        fresh[idle] = True
        self.playing |= fresh
        return fresh

    def finish(self, done: Bool[np.ndarray, " row"]) -> Bool[np.ndarray, " row"]:
        """Record which episodes are over; return the rows that have just finished theirs."""
        over: Bool[np.ndarray, " row"] = self.playing & done
        self.playing &= ~over
        self.over += int(over.sum())
        return over
