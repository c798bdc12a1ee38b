"""What an environment's adapter (the module `ours` or `peer`) gives to the process that measures it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import jax
import numpy as np

__all__ = ["Adapter", "Eye", "Step", "Task", "Tree", "load_levels", "rows", "save_levels"]

Tree = Any  # a pytree of arrays; of a batch, with the environment (or the level) first
Step = tuple[Tree, Tree, jax.Array, jax.Array, jax.Array]  # observation, state, reward, done, solved


@dataclass(frozen=True)
class Task:
    """A batch of environments. `pool` is what `keep` made of all levels, `own` the level that each began with."""

    keep: Callable[[Tree], Tree]  # all levels -> pool, once before the first step
    reset: Callable[[jax.Array, Tree], tuple[Tree, Tree]]  # (keys, own) -> observation, state
    step: Callable[[Tree, Tree, jax.Array, Tree, jax.Array], Step]  # (pool, own, keys, state, action)


@dataclass(frozen=True)
class Eye:
    """What makes the pixel observation of one environment."""

    start: Callable[[Tree], Tree]  # level -> state
    look: Callable[[Tree], Any]  # state -> observation, which has an `image`


class Adapter(Protocol):
    """The module that knows one environment's API."""

    def sampler(self, size: str) -> Callable[[jax.Array, int], Tree]:
        """A function that draws that many filtered random levels with a key."""

    def template(self, size: str) -> Tree:
        """One level, for the structure."""

    def eye(self, size: str) -> Eye:
        """What makes pixel observations."""

    def task(self, size: str, part: str, reset: str) -> Task:
        """What to step."""


def save_levels(file: str, levels: Tree) -> None:
    """Write the arrays of a batch of levels."""
    np.savez(file, *(np.asarray(leaf) for leaf in jax.tree.leaves(levels)))


def load_levels(file: str, template: Tree, count: int) -> Tree:
    """The first levels, as many as asked for, of a file that `save_levels` wrote."""
    with np.load(file) as arrays:
        return jax.tree.unflatten(jax.tree.structure(template), [arrays[name][:count] for name in arrays.files])


def rows(tree: Tree, index: Any) -> Tree:
    """These rows of every array."""
    return jax.tree.map(lambda leaf: leaf[index], tree)
