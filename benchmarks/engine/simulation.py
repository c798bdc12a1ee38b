"""What the adapter of a JAX engine makes of a job: a batch of scenes and how to step one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

__all__ = ["Simulation", "Step", "Tree", "as_lanes"]

Tree = Any  # a pytree of arrays, with the lane (the scene's place in the batch) first where it is a batch
Step = Callable[[Tree, Tree, jax.Array], Tree]  # (scene, state, action) -> state, for one scene


@dataclass(frozen=True)
class Simulation:
    """A batch of scenes in one engine's own form."""

    step: Step
    scene: Tree
    state: Tree
    observe: Callable[[Tree], tuple[np.ndarray, np.ndarray]]  # of states: positions [lane, body, 2], normal impulses


def as_lanes(trees: list[Tree], lanes: int) -> Tree:
    """Stack scenes and repeat them over the lanes, on the host."""
    which = np.arange(lanes) % len(trees)
    return jax.tree.map(lambda *leaves: np.stack([np.asarray(leaf) for leaf in leaves])[which], *trees)
