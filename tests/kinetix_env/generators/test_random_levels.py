"""Laws of random levels, on thousands of them."""

import numpy as np
import pytest

from jax2d import Capacity
from kinetix_env.generators import RandomLevels
from kinetix_env.level import SIZES, Level, Role
from tests.kinetix_env.generators.batches import MIDDLE, unfiltered
from tests.kinetix_env.generators.level_laws import WALLS, check_valid, counts_of

PUBLISHED = RandomLevels()
COUNT = 4096
CAPACITIES = [pytest.param(SIZES["s"], id="s"), pytest.param(MIDDLE, id="middle")]


def batch(capacity: Capacity) -> Level:
    return unfiltered(capacity, PUBLISHED, COUNT)


@pytest.mark.parametrize("capacity", CAPACITIES)
def test_levels_are_valid(capacity: Capacity) -> None:
    check_valid(batch(capacity), capacity)


@pytest.mark.parametrize("capacity", CAPACITIES)
def test_one_green_one_blue_and_red_at_most_once(capacity: Capacity) -> None:
    levels = batch(capacity)
    assert (counts_of(levels, Role.GREEN) == 1).all() and (counts_of(levels, Role.BLUE) == 1).all()
    assert (counts_of(levels, Role.RED) <= 1).all()
    # The floor's role: blue 2 %, red 8 %, five standard errors of 4096 draws.
    for role, share in ((Role.GREEN, 0.0), (Role.BLUE, 0.02), (Role.RED, 0.08)):
        assert abs((levels.role[:, 0] == role).mean() - share) <= 5 * np.sqrt(share * (1 - share) / COUNT)


def test_green_and_blue_are_never_both_immovable() -> None:
    levels = batch(MIDDLE)
    held = levels.scene.active & (levels.scene.inverse_mass == 0)
    green, blue = ((held & (levels.role == role)).any(1) for role in (Role.GREEN, Role.BLUE))
    assert not (green & blue).any()
    assert green.any() and blue.any()


def test_small_levels_have_no_immovable_shapes() -> None:
    levels = batch(SIZES["s"])
    assert (levels.scene.inverse_mass[:, WALLS:] > 0)[levels.scene.active[:, WALLS:]].all()


def test_no_joint_between_green_and_blue_nor_between_red_and_either() -> None:
    levels = batch(MIDDLE)
    joints = levels.scene.joints
    a, b = (np.take_along_axis(levels.role, body, 1) for body in (joints.body_a, joints.body_b))
    for first, second in ((Role.GREEN, Role.BLUE), (Role.GREEN, Role.RED), (Role.BLUE, Role.RED)):
        assert not (joints.active & (((a == first) & (b == second)) | ((a == second) & (b == first)))).any()


def test_free_shapes_are_inside_the_world() -> None:
    levels = batch(MIDDLE)
    x, y = np.moveaxis(levels.state.position, -1, 0)
    joints = levels.scene.joints
    index = np.arange(MIDDLE.bodies)
    linked = ((joints.body_a[..., None] == index) | (joints.body_b[..., None] == index)) & joints.active[..., None]
    free = levels.scene.active & ~linked.any(1) & (index >= WALLS)
    assert (x[free] > 0).all() and (x[free] < 5).all() and (y[free] < 5).all()
    # An immovable one may have been lowered by half the world's height, into the floor by less than that.
    movable = free & (levels.scene.inverse_mass > 0)
    assert (y[movable] > 0.4).all() and (y[free] > 0).all()


def test_all_slots_are_used_with_equal_frequency() -> None:
    levels = batch(MIDDLE)
    for share in (levels.scene.active[:, WALLS : MIDDLE.polygons], levels.scene.joints.active):
        each = share.mean(0)
        assert np.abs(each - each.mean()).max() < 5 * np.sqrt(0.25 / COUNT)


def test_polygons_take_two_joints_and_circles_one() -> None:
    levels = batch(MIDDLE)
    joints = levels.scene.joints
    index = np.arange(MIDDLE.bodies)
    ends = (joints.body_a[..., None] == index).astype(int) + (joints.body_b[..., None] == index)
    count = (ends * joints.active[..., None]).sum(1)
    assert count[:, MIDDLE.polygons :].max() == 1
    # Where no polygon has a joint to spare, any polygon is taken: rarely, so that nearly all stay within two.
    assert (count[:, : MIDDLE.polygons] <= 2).mean() > 0.99


def test_fixed_joints_come_after_two_revolute_ones() -> None:
    joints = batch(MIDDLE).scene.joints
    revolute, fixed = (joints.active & ~joints.fixed).sum(1), (joints.active & joints.fixed).sum(1)
    assert (revolute[fixed > 0] >= 2).all() and (fixed > 0).any()


def test_fixed_joints_hold_the_present_angle() -> None:
    levels = batch(MIDDLE)
    joints = levels.scene.joints
    a, b = (np.take_along_axis(levels.state.angle, body, 1) for body in (joints.body_a, joints.body_b))
    twist = (b - a - joints.rotation)[joints.active & joints.fixed]
    np.testing.assert_allclose(twist, 0, atol=1e-5)


def test_proposals_reduce_overlap() -> None:
    """Shapes that are the best of 8 have their joints' bodies visible more often, and lie less in the walls."""
    best, first = (unfiltered(MIDDLE, RandomLevels(proposals=count), COUNT) for count in (8, 1))

    def outside(levels: Level) -> float:
        place = levels.state.position[:, WALLS:]
        away = ((place < 0) | (place > 5)).any(-1) | (place[..., 1] < 0.4)
        return float((away & levels.scene.active[:, WALLS:]).mean())

    assert outside(best) < 0.5 * outside(first)
