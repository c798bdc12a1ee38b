"""Which episode each row of a batch plays: a row whose episode is over takes the next one that nobody plays yet."""

import numpy as np
from jaxtyping import Bool, Int

__all__ = ["Schedule"]


class Schedule:
    """Hands out episodes 0, 1, 2, ... to rows, one after the other to each device's rows, and counts those over."""

    def __init__(self, episodes: int, rows: int, devices: int) -> None:
        self.episodes = episodes
        self.begun = self.over = 0
        self.episode: Int[np.ndarray, " row"] = np.zeros(rows, np.int32)  # what a row plays, or played last
        self.playing: Bool[np.ndarray, " row"] = np.zeros(rows, bool)
        self._order = np.arange(rows).reshape(devices, -1).T.ravel()  # so that few episodes still use all devices

    def fill(self) -> Bool[np.ndarray, " row"]:
        """Give the next episodes to the rows that play none; which rows begin one."""
        idle = self._order[~self.playing[self._order]][: self.episodes - self.begun]
        self.episode[idle] = np.arange(self.begun, self.begun + len(idle), dtype=np.int32)
        self.begun += len(idle)
        fresh = np.zeros_like(self.playing)
        fresh[idle] = True
        self.playing |= fresh
        return fresh

    def finish(self, done: Bool[np.ndarray, " row"]) -> Bool[np.ndarray, " row"]:
        """Note whose episodes are over; which rows finished theirs just now."""
        over: Bool[np.ndarray, " row"] = self.playing & done
        self.playing &= ~over
        self.over += int(over.sum())
        return over
