"""The settings of the solver, and its replacement by a custom one."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import AbstractSolver, Engine, PhysicsParams, SceneBuilder, SequentialImpulses, State
from jax2d.kernel.solver import Problem, Solution
from tests.jax2d.law_scenes import LEAN

STEPS = 120


class NoSolver(AbstractSolver):
    """A solver that leaves all velocities unchanged: bodies fall through each other."""

    def solve(self, problem: Problem, params: PhysicsParams) -> Solution:
        """Return the velocities unchanged, with zero impulses."""
        nothing = jax.tree.map(jnp.zeros_like, (problem.impulses, problem.static_impulses, problem.joint_impulse))
        return Solution(problem.velocity, problem.position, *nothing)


def heavy_on_light(solver: AbstractSolver) -> tuple[State, int, int]:
    """A box that carries a circle of thirty times its mass, on the floor at y = 0; the states of all steps."""
    builder = SceneBuilder(LEAN, walls=False)
    builder.box((0.0, -0.5), width=10.0, height=1.0, immovable=True)
    box = builder.box((0.0, 0.1), width=0.6, height=0.2)
    circle = builder.circle((0.0, 0.5), radius=0.3, density=30 * 0.12 / (np.pi * 0.09))
    scene, state = builder.build()
    engine = Engine(LEAN, solver=solver)

    @jax.jit
    def run(state: Any) -> Any:
        def one(state: Any, _: None) -> Any:
            state, _contacts = engine.step(scene, state, engine.action())
            return state, state

        return jax.lax.scan(one, state, length=STEPS)[1]

    return run(state), box, circle


def test_a_custom_solver_replaces_the_default() -> None:
    states, box, circle = heavy_on_light(NoSolver())
    fallen = -9.81 / 60**2 * 60 * 61 / 2  # after 60 steps
    assert float(states.position[59, box, 1]) == pytest.approx(0.1 + fallen, rel=1e-5)
    assert float(states.position[59, circle, 1]) == pytest.approx(0.5 + fallen, rel=1e-5)
    assert not states.normal_impulse.any()


@pytest.mark.slow
def test_iterations_and_warm_starting_carry_heavy_loads() -> None:
    """A light body under a heavy one converges slowly: more iterations, or the impulses of the step before, help."""
    sunk = {}
    for iterations, warm in ((4, False), (40, False), (4, True), (10, True)):
        states, _box, circle = heavy_on_light(SequentialImpulses(iterations=iterations, warm_starting=warm))
        sunk[iterations, warm] = 0.5 - float(states.position[-1, circle, 1])
    assert sunk[40, False] < sunk[4, False]
    assert sunk[4, True] < sunk[4, False]
    # two contacts, each with the slop of 1 cm and what gravity moves in a step
    assert sunk[10, True] < 2 * (0.01 + 9.81 / 60**2)
