"""The kinds of scenes of the demo, and batches of them."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import numpy as np

from ..capacity import Capacity
from ..scene import Scene
from ..state import State
from . import piles, swings, vehicles
from .controls import Controls
from .stage import Stage

__all__ = ["KINDS", "Kind", "batch", "kinds_for"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of scene and the least room that it needs besides the walls. With more room it grows."""

    name: str  # shown below the film
    make: Callable[[Stage], None]  # adds the bodies of a scene
    polygons: int = 1  # least number of movable polygons
    circles: int = 2  # least number of circles
    joints: int = 0  # least number of joints
    thrusters: int = 0  # least number of thrusters

    def fits(self, capacity: Capacity) -> bool:
        """Whether a scene of this kind fits a capacity."""
        has = (capacity.movable_polygons, capacity.circles, capacity.joints, capacity.thrusters)
        needs = (self.polygons, self.circles, self.joints, self.thrusters)
        return all(most >= least for most, least in zip(has, needs, strict=True))


KINDS = (
    Kind(name="car", make=vehicles.car, joints=2),
    Kind(name="tower", make=piles.tower),
    Kind(name="rocket", make=vehicles.rocket, thrusters=1),
    Kind(name="chain", make=swings.chain, joints=1),
    Kind(name="see-saw", make=swings.seesaw, joints=1),
    Kind(name="walker", make=vehicles.walker, polygons=5, joints=4),
    Kind(name="mill", make=swings.mill, joints=1),
    Kind(name="marbles", make=piles.marbles),
    Kind(name="dominoes", make=piles.dominoes, polygons=4),
)


def kinds_for(capacity: Capacity) -> list[Kind]:
    """The kinds that fit a capacity."""
    return [kind for kind in KINDS if kind.fits(capacity)]


def batch(capacity: Capacity, scenes: int, seed: int) -> tuple[Scene, State, Controls]:
    """`scenes` scenes, all kinds in turn, in NumPy arrays with the scene as first axis.

    Scene k of a seed is the same in batches of any size.
    """
    kinds = kinds_for(capacity)
    rows = []
    for index in range(scenes):
        stage = Stage(capacity, np.random.default_rng((seed, index)))
        kinds[index % len(kinds)].make(stage)
        rows.append(jax.device_get(stage.finish()))
    stacked: tuple[Scene, State, Controls] = jax.tree.map(lambda *leaves: np.stack(leaves), *rows)
    return stacked
