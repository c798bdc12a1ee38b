"""Episodes of levels to look at: the solution that a level comes with, random actions, or nothing at all."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Int8

from jax2d import Capacity

from ..config import as_integer
from ..environments import make
from ..errors import LevelError
from ..level.named import ACTION_CHOICES, LONGEST_SOLUTION
from ..levels import NamedLevel
from ..search.choices import choices
from ..search.plans import Planner
from ..task.env import HORIZON
from .recording import Recording, record_all

__all__ = ["Acts", "acts_of", "play"]

Acts: TypeAlias = Literal["solution", "random", "none"]


def acts_of(named: NamedLevel, acts: Acts | None = None) -> Acts:
    """What is played in a level: its solution, or random actions if it has none, unless `acts` says what.

    `LevelError` for the solution of a level that has none.
    """
    if acts is None:
        return "random" if named.solution is None else "solution"
    if acts == "solution" and named.solution is None:
        raise LevelError(f"{named.name} has no solution; `kinetix levels solve` searches for one.")
    return acts


def play(
    levels: Sequence[NamedLevel], acts: Acts | None = None, *, steps: int | None = None, seed: int = 0
) -> list[Recording]:
    """Play an episode of each level, with the actions of `acts_of`; levels of one capacity are played as one batch.

    After its solution nothing is done. Random actions are drawn from `seed` and the level's place in `levels`; each is
    held for some steps, since those that change in every step mostly cancel out. An episode has at most 256
    environment steps, or as many as its solution; `steps` cuts it off before, or lets it go on.
    """
    if steps is not None:
        steps = as_integer(steps, "An episode's steps", 1, LONGEST_SOLUTION)
    groups: dict[tuple[Capacity, int], list[int]] = {}  # the places of levels that are one batch
    for place, named in enumerate(levels):
        longest = max(HORIZON, len(named.solution or ()) if acts_of(named, acts) == "solution" else 0)
        groups.setdefault((named.capacity, steps or longest), []).append(place)
    found: dict[int, Recording] = {}
    for (capacity, count), places in groups.items():
        env = make(capacity, horizon=max(count, HORIZON))
        actions = np.stack([_actions(levels[place], acts, count, seed, place) for place in places])
        bare, names = [levels[place].level for place in places], [levels[place].name for place in places]
        found |= zip(places, record_all(env, bare, actions.astype(np.int32), names=names), strict=True)
    return [found[place] for place in range(len(levels))]


def _actions(named: NamedLevel, acts: Acts | None, count: int, seed: int, place: int) -> Int8[np.ndarray, "step 6"]:
    """Multi-discrete actions for `count` steps."""
    actions = np.zeros((count, len(ACTION_CHOICES)), np.int8)
    which = acts_of(named, acts)
    if which == "random":
        return Planner(np.random.default_rng([seed, place]), choices(named.level), count).random()
    if which == "solution":
        rows = np.asarray(named.solution, np.int8)[:count]
        actions[: len(rows)] = rows
    return actions
