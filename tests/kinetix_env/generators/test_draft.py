"""A draft represents every field of joints and thrusters of a level."""

import jax
import jax.numpy as jnp
import numpy as np

from jax2d import Joints, Thrusters
from jax2d.layout import layout
from kinetix_env.generators.draft import JointRow, ThrusterRow, draft_of, level_of, rows, stacked
from tests.kinetix_env.levels.samples import random_level


def test_rows_name_every_field_of_joints_and_thrusters_in_their_order() -> None:
    """Their order is that of a table's columns, so a field that is missing or misplaced would be read as another."""
    assert JointRow._fields == (*layout(Joints), "binding", "auto")
    assert ThrusterRow._fields == (*layout(Thrusters), "binding")


def test_a_draft_and_back_is_the_same_level() -> None:
    for seed in range(3):
        level = random_level(seed, "m").level
        again = level_of(draft_of(level), level)
        for one, other in zip(jax.tree.leaves(level.scene.joints), jax.tree.leaves(again.scene.joints), strict=True):
            np.testing.assert_array_equal(one, other)
            assert one.dtype == other.dtype
        for name in ("motor_binding", "motor_auto", "thruster_binding"):
            np.testing.assert_array_equal(getattr(level, name), getattr(again, name))
        np.testing.assert_array_equal(level.scene.thrusters.position, again.scene.thrusters.position)


def test_rows_are_the_inverse_of_stacked() -> None:
    table = draft_of(random_level(1, "m").level).joints
    assert jnp.array_equal(stacked(rows(JointRow, table)), table)
