"""The rule that decides an episode: the first engine step in which green touches blue or red, with red before blue."""

from itertools import product

import jax
import jax.numpy as jnp
import numpy as np

from kinetix_env import Role
from kinetix_env.level import SIZES
from kinetix_env.task.verdict import Verdict, contact_meaning, goal_distance

NO = jnp.zeros((), bool)
ROLES = jnp.zeros(SIZES["s"].bodies, int).at[-3:].set(jnp.array([Role.GREEN, Role.BLUE, Role.RED]))
MEANING = contact_meaning(SIZES["s"], ROLES)
SLOT = {name: Role.GREEN * other == MEANING for name, other in (("blue", Role.BLUE), ("red", Role.RED))}
STEPS = {"": (), "blue": ("blue",), "red": ("red",), "both": ("blue", "red")}  # what green touches in an engine step


def test_the_first_touch_decides_and_red_wins_over_blue() -> None:
    for steps in product(STEPS, repeat=3):
        verdict = Verdict(solved=NO, failed=NO)
        for step in steps:
            touching = sum((SLOT[name] for name in STEPS[step]), jnp.zeros(MEANING.shape, bool))
            verdict = verdict.after(MEANING, touching)
        first = next(filter(None, steps), "")
        assert (bool(verdict.solved), bool(verdict.failed)) == (first == "blue", first in ("red", "both")), steps
        assert bool(verdict.open) == (not first)


def test_other_pairs_of_roles_do_not_end_the_episode() -> None:
    others = ~(SLOT["blue"] | SLOT["red"])
    assert others.any() and SLOT["blue"].any() and SLOT["red"].any()
    assert bool(Verdict(solved=NO, failed=NO).after(MEANING, others).open)


def test_the_goal_distance_has_the_derivative_of_a_distance() -> None:
    role = jnp.array([Role.GREEN, Role.BLUE, Role.BLUE, Role.NONE])
    position = jnp.array([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0], [9.0, 9.0]])  # one pair on one spot
    slope = jax.grad(lambda where: goal_distance(role, where))(position)
    np.testing.assert_allclose(slope, [[-0.6, -0.8], [0.6, 0.8], [0.0, 0.0], [0.0, 0.0]], atol=1e-6)
