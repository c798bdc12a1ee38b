"""Sequential impulses: repeat joints and contacts until the velocities agree with all of them.

An iteration solves the joints one by one, then polygons with polygons, polygons with circles, circles with
circles, and last everything with the static polygons, which therefore have the last word."""

from abc import abstractmethod
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from ..errors import SceneError
from ..params import PhysicsParams
from .bodies import Velocity
from .detect import Impulses
from .joints.common import JointImpulse, JointRows, Position, solve_joint
from .lowering import loop
from .sweep import PairContacts, among, between, with_static

__all__ = ["AbstractSolver", "Problem", "SequentialImpulses", "Solution"]


class Problem(NamedTuple):
    """Everything a solver is given: movable bodies and constraints of a chunk of scenes, batch last."""

    velocity: Velocity
    position: Position
    polygons: int  # the first rows are polygons, the others circles
    kinds: tuple[PairContacts, PairContacts, PairContacts]  # polygon-polygon, polygon-circle, circle-circle
    impulses: tuple[Impulses, Impulses, Impulses]  # of the step before, the same kinds
    static_impulses: tuple[Impulses, Impulses, Impulses]  # with static polygons
    joints: JointRows
    joint_impulse: JointImpulse


class Solution(NamedTuple):
    """What a solver changes."""

    velocity: Velocity
    position: Position
    impulses: tuple[Impulses, Impulses, Impulses]
    static_impulses: tuple[Impulses, Impulses, Impulses]
    joint_impulse: JointImpulse


class AbstractSolver(eqx.Module):
    """Finds velocities that satisfy contacts and joints. Anything with this method can drive an `Engine`."""

    @abstractmethod
    def solve(self, problem: Problem, params: PhysicsParams) -> Solution:
        """New velocities, positions and accumulated impulses."""


class SequentialImpulses(AbstractSolver):
    """Projected Gauss-Seidel with accumulated impulses, the solver of Jax2D and Box2D."""

    iterations: int = eqx.field(static=True, default=10)
    warm_starting: bool = eqx.field(static=True, default=True)  # start from the impulses of the step before

    def __check_init__(self) -> None:
        if not isinstance(self.iterations, int) or isinstance(self.iterations, bool) or self.iterations < 1:
            raise SceneError(f"SequentialImpulses.iterations takes an integer of at least 1, got {self.iterations!r}.")

    def solve(self, problem: Problem, params: PhysicsParams) -> Solution:
        """Run the iterations; the first pass replays the impulses of the step before."""
        start = Solution(
            problem.velocity, problem.position, problem.impulses, problem.static_impulses, problem.joint_impulse
        )
        if not self.warm_starting:
            zero = jax.tree.map(jnp.zeros_like, tuple(start[2:]))
            start = Solution(start.velocity, start.position, *zero)
        passes = jnp.arange(0 if self.warm_starting else 1, self.iterations + 1)

        def iterate(now: Solution, index: Array) -> tuple[Solution, None]:
            replay = jnp.where(index > 0, 1.0, 0.0)
            return _pass(problem, now, replay, params), None

        return loop(iterate, start, passes)[0]


def _pass(problem: Problem, now: Solution, replay: Array, params: PhysicsParams) -> Solution:
    """All joints and all contacts once."""
    velocity, position, joint_impulse = now.velocity, now.position, now.joint_impulse
    if problem.joints.linear.shape[0]:

        def one(
            carry: tuple[Velocity, Position], xs: tuple[JointRows, JointImpulse]
        ) -> tuple[tuple[Velocity, Position], JointImpulse]:
            v, x, after = solve_joint(*carry, *xs, replay, params)
            return (v, x), after

        (velocity, position), joint_impulse = lax.scan(one, (velocity, position), (problem.joints, joint_impulse))

    polygons, circles = velocity.rows(0, problem.polygons), velocity.rows(problem.polygons, None)
    with_polygons, with_circles, of_circles = problem.kinds
    polygons, pp = among(polygons, with_polygons, now.impulses[0], replay)
    polygons, circles, pc = between(polygons, circles, with_circles, now.impulses[1], replay)
    circles, cc = among(circles, of_circles, now.impulses[2], replay)
    polygons, ps = with_static(polygons, with_polygons, now.static_impulses[0], replay)
    circles, cs = with_static(circles, with_circles, now.static_impulses[1], replay)
    velocity = Velocity(*(jnp.concatenate(fields, axis=0) for fields in zip(polygons, circles, strict=True)))
    return Solution(velocity, position, (pp, pc, cc), (ps, cs, now.static_impulses[2]), joint_impulse)
