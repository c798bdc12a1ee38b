"""Locomotion levels: validity, geometry and connectivity of creatures, symmetry, solvability."""

import re
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine, contact_slots
from kinetix_env import make
from kinetix_env.errors import ConfigError
from kinetix_env.generators import LocomotionLevels
from kinetix_env.generators.locomotion.settings import LocomotionSettings
from kinetix_env.level import SIZES, Level, Role
from tests.kinetix_env.generators.level_laws import WALLS, as_numpy, check_valid, counts_of, ends

S, L = SIZES["s"], SIZES["l"]
FEW = Capacity(polygons=8, circles=1, joints=2, thrusters=0)  # has room for one of each kind
COUNT = 512
LEFT, RIGHT = (LocomotionLevels(left_chance=chance, hazard_chance=0.5) for chance in (1.0, 0.0))


@cache
def batch(capacity: Capacity, settings: LocomotionLevels = RIGHT) -> Level:
    """A batch of unfiltered levels."""
    sample = settings.build(capacity).sample_unfiltered
    return as_numpy(jax.jit(jax.vmap(sample))(jax.random.split(jax.random.key(0), COUNT)))


@pytest.mark.parametrize("size", ["s", "m", "l"])
def test_levels_are_valid(size: str) -> None:
    levels = batch(SIZES[size])
    check_valid(levels, SIZES[size])
    assert (counts_of(levels, Role.GREEN) == 1).all() and (counts_of(levels, Role.BLUE) == 1).all()
    assert (counts_of(levels, Role.RED) <= 1).all()


def test_nothing_overlaps_but_parts_of_a_creature_and_it_stands_on_the_floor() -> None:
    levels = batch(L)
    found = jax.jit(jax.vmap(Engine(L).overlapping))(levels.scene, levels.state)
    slots, group = contact_slots(L), levels.scene.group
    apart = group[:, np.asarray(slots.body_a)] != group[:, np.asarray(slots.body_b)]
    free = (levels.scene.inverse_mass[:, np.asarray(slots.body_a)] > 0) | (
        levels.scene.inverse_mass[:, np.asarray(slots.body_b)] > 0
    )
    assert np.where(np.asarray(found.active) & apart & free, np.asarray(found.depth), 0).max() < 1e-4
    after = drop(levels, 15)
    fell = np.asarray(levels.state.position[..., 1] - after.position[..., 1])
    movable = levels.scene.active & (levels.scene.inverse_mass > 0)
    assert np.where(movable, fell, 0).max(1).mean() < 0.1  # m; most stand, for a quarter of a second at least


def drop(levels: Level, steps: int):
    """Positions of all bodies after some engine steps without action, m."""
    engine, idle = Engine(L), jnp.zeros((COUNT, L.actions))

    def step(state, _):
        return jax.vmap(engine.step)(levels.scene, state, idle)[0], None

    return jax.jit(lambda: jax.lax.scan(step, levels.state, None, steps)[0])()


def test_the_parts_of_a_creature_are_connected_and_one_is_green() -> None:
    levels = batch(L)
    movable = levels.scene.active & (levels.scene.inverse_mass > 0)
    green = np.take_along_axis(levels.scene.group, (levels.role == Role.GREEN).argmax(1)[:, None], 1)
    assert (levels.scene.group == green)[movable].all()
    assert movable.sum(1).min() >= 2
    # as many hinges as there are parts to hold
    np.testing.assert_array_equal(levels.scene.joints.active.sum(1), movable.sum(1) - 1)
    assert (levels.scene.joints.motor & levels.scene.joints.active).any(1).all()


def test_hinges_start_at_the_angle_zero_within_their_limits() -> None:
    levels = batch(L)
    joints = levels.scene.joints
    a, b = (np.take_along_axis(levels.state.angle, body, 1) for body in (joints.body_a, joints.body_b))
    np.testing.assert_allclose((b - a - joints.rotation)[joints.active], 0, atol=1e-5)
    limited = joints.active & joints.limited
    assert limited.any() and (joints.min_angle[limited] < 0).all() and (joints.max_angle[limited] > 0).all()


def test_the_goal_lies_ahead_at_the_configured_distance() -> None:
    levels = batch(S, LocomotionLevels(left_chance=0.0, distance=(1.0, 2.0)))
    green, blue = (
        np.take_along_axis(levels.state.position[..., 0], (levels.role == role).argmax(1)[:, None], 1)[:, 0]
        for role in (Role.GREEN, Role.BLUE)
    )
    half = levels.scene.vertices[:, WALLS, :, 0].max(1)
    gap = blue - levels.scene.radius[:, -1] - (green + half)
    assert gap.min() > 0.99 and gap.max() < 2.01


def test_levels_to_the_left_are_mirror_images() -> None:
    left, right = batch(L, LEFT), batch(L, RIGHT)
    here = right.scene.active
    x, y = np.moveaxis(right.state.position, -1, 0)
    mirrored_x, mirrored_y = np.moveaxis(left.state.position, -1, 0)
    here = here & (np.arange(L.bodies) >= WALLS)
    np.testing.assert_allclose(mirrored_x[here], 5 - x[here], atol=1e-5)
    np.testing.assert_allclose(mirrored_y[here], y[here], atol=1e-5)
    np.testing.assert_array_equal(left.role, right.role)
    joints = right.scene.joints
    for mine, other in zip(ends(left), ends(right), strict=True):
        point = (other * (-1, 1) + (5, 0))[joints.active]
        np.testing.assert_allclose(mine[joints.active], point, atol=1e-4)
    np.testing.assert_allclose(left.scene.joints.min_angle, -joints.max_angle, atol=1e-6)
    np.testing.assert_allclose(left.scene.inverse_mass, right.scene.inverse_mass)
    up = right.scene.thrusters.active
    np.testing.assert_allclose(
        np.sin(left.scene.thrusters.angle)[up], np.sin(right.scene.thrusters.angle)[up], atol=1e-5
    )


def test_driving_at_full_speed_reaches_many_goals() -> None:
    """Of filtered levels of size S, which hold wheels only: with one of two constant actions, both ways tried."""
    env = make("kinetix-s", action="continuous")
    levels = jax.jit(lambda key: LocomotionLevels().build(S).sample_batch(key, COUNT))(jax.random.key(1))

    def reaches(level: Level, way) -> jax.Array:
        action = jnp.full(env.action_space.shape, way)

        def step(state, _):
            state, _, info = env.advance(state, action)
            return state, info.solved

        return jax.lax.scan(step, env.start(level), None, 256)[1].any()

    both_ways = jax.jit(jax.vmap(jax.vmap(reaches, (None, 0)), (0, None)))
    solved = np.asarray(both_ways(levels, jnp.asarray([-1.0, 0.0, 1.0])))
    assert solved[:, 1].mean() < 0.02  # doing nothing is what the filter removes
    assert solved.any(1).mean() > 0.3


def test_levels_are_the_same_under_vmap() -> None:
    keys = jax.random.split(jax.random.key(0), COUNT)
    one = jax.jit(RIGHT.build(S).sample_unfiltered)(keys[3])
    np.testing.assert_allclose(one.state.position, batch(S).state.position[3], atol=1e-5)


@pytest.mark.parametrize(("kind", "wheels"), [("vehicle", True), ("walker", False), ("crawler", False)])
def test_a_single_kind_can_be_selected(kind: str, wheels: bool) -> None:
    weights = {f"{name}_weight": float(name == kind) for name in ("vehicle", "walker", "crawler")}
    levels = batch(FEW, LocomotionLevels(**weights))
    assert (levels.scene.active[:, FEW.polygons :].any(1) == wheels).all()
    check_valid(levels, FEW)


@pytest.mark.parametrize(
    "counts",
    [
        {"polygons": 8, "circles": 0, "joints": 3, "thrusters": 0},
        {"polygons": 6, "circles": 4, "joints": 3, "thrusters": 4, "vertices": 6},
    ],
    ids=["no circles", "six vertices"],
)
def test_levels_of_other_capacities_are_valid(counts: dict[str, int]) -> None:
    capacity = Capacity(**counts)
    check_valid(batch(capacity), capacity)


def test_a_kind_without_room_is_refused() -> None:
    told = "Locomotion levels need a Capacity with room for a walker or crawler and for a goal, got Capacity("
    with pytest.raises(ConfigError, match=re.escape(told)):
        LocomotionLevels(vehicle_weight=0.0).build(S)
    with pytest.raises(ConfigError, match="static_polygons=4"):
        LocomotionLevels().build(Capacity(static_polygons=3, polygons=6, circles=2, joints=1, thrusters=1))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            {"distance": (0.0, 1.0)},
            "distance must be a pair (least, most) of numbers of at least 0.05",
        ),
        ({"distance": (1.0, 9.0)}, "distance must lie in the world, at most 5 m, got 9."),
        ({"bumps": -1}, "bumps must be an integer of at least 0, got -1."),
        ({"left_chance": 2.0}, "left_chance must be a probability from 0 to 1, got 2.0."),
        (dict.fromkeys(("vehicle_weight", "walker_weight", "crawler_weight"), 0.0), "must be more than 0."),
        ({"bump_height": (0.1, 6.0)}, "bump_height must lie in the world"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        LocomotionSettings(**wrong)
