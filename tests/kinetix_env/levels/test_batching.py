"""Levels stacked and padded."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine, State, collision_groups
from kinetix_env import Level, LevelError, empty_level
from kinetix_env.level import validate
from kinetix_env.level.layout import FIELDS, blank, from_level, groups, to_level
from kinetix_env.levels import NamedLevel, loads, pad, stack
from tests.kinetix_env.levels.samples import CAPACITIES, car, random_level


@pytest.mark.parametrize("size", CAPACITIES)
def test_fields_match_the_leaves_of_a_level(size: str) -> None:
    """FIELDS, derived from annotations, equals the leaves of a level in their order."""
    capacity = Capacity.small() if size == "void" else CAPACITIES[size]
    level = empty_level(capacity)
    arrays = from_level(level)
    assert set(arrays) == set(FIELDS)
    assert {path: (array.shape, array.dtype) for path, array in arrays.items()} == {
        path: (array.shape, array.dtype) for path, array in blank(capacity).items()
    }
    for array, leaf in zip(arrays.values(), jax.tree.leaves(level), strict=True):
        np.testing.assert_array_equal(array, leaf)
    assert jax.tree.structure(to_level(arrays, capacity)) == jax.tree.structure(level)


def test_groups_are_those_of_the_engine() -> None:
    for seed in range(30):
        arrays = from_level(random_level(seed, "l").level)
        joints = (arrays[f"scene.joints.{name}"] for name in ("active", "body_a", "body_b"))
        expected = collision_groups(*map(jnp.asarray, joints), CAPACITIES["l"].bodies)
        np.testing.assert_array_equal(groups(arrays), expected)


def test_a_stack_has_a_row_for_each_level() -> None:
    levels = [random_level(seed, "s").level for seed in range(3)]
    stacked = stack(levels)
    for row, level in enumerate(levels):
        for one, other in zip(jax.tree.leaves(stacked), jax.tree.leaves(level), strict=True):
            np.testing.assert_array_equal(one[row], other)


def test_only_levels_of_one_capacity_can_be_stacked() -> None:
    message = r"levels\[1\] must be of the same capacity as levels\[0\], .*polygons=5.* got .*polygons=6"
    with pytest.raises(LevelError, match=message):
        stack([random_level(0, "s").level, random_level(0, "m").level])
    with pytest.raises(LevelError, match="at least one level"):
        stack([])


ROOMY = Capacity(polygons=9, circles=5, joints=4, thrusters=3, static_polygons=5, vertices=6)


@pytest.mark.parametrize("to", [Capacity.large(), ROOMY], ids=["l", "custom"])
def test_a_padded_level_keeps_its_entities(to: Capacity) -> None:
    for seed in range(12):
        named = random_level(seed, "m")
        padded = pad(named.level, to)
        assert padded.capacity == to
        validate(padded)
        old, new = from_level(named.level), from_level(padded)
        rows = np.flatnonzero(new["scene.active"])
        assert sorted(new["state.position"][rows].tolist()) == sorted(
            old["state.position"][old["scene.active"]].tolist()
        )
        for end in ("scene.joints.body_a", "scene.joints.body_b", "scene.thrusters.body"):
            active = np.flatnonzero(old[end.rpartition(".")[0] + ".active"])
            for path in ("state.position", "role", "scene.inverse_mass", "scene.friction"):
                np.testing.assert_array_equal(new[path][new[end][active]], old[path][old[end][active]])


def test_padding_in_stages_equals_padding_at_once() -> None:
    level, way = random_level(3, "s").level, [CAPACITIES["s"], CAPACITIES["m"], CAPACITIES["l"]]
    at_once = pad(level, way[-1])
    for capacity in way[1:]:
        level = pad(level, capacity)
    for mine, theirs in zip(jax.tree.leaves(level), jax.tree.leaves(at_once), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_padding_never_shrinks() -> None:
    level = random_level(0, "m").level
    with pytest.raises(LevelError, match="cannot shrink a level: polygons is 6 and would be 5"):
        pad(level, CAPACITIES["s"])
    with pytest.raises(LevelError, match="room for 2 polygons that move, and would for 1"):
        pad(level, Capacity(polygons=6, circles=3, joints=2, thrusters=2, static_polygons=5))
    with pytest.raises(LevelError, match=r"must have shape \(6, 4, 2\) in this capacity, got \(2, 6, 4, 2\)"):
        pad(stack([level, level]), CAPACITIES["l"])


def test_a_padded_level_plays_unchanged() -> None:
    """A car drives into a ball. Slots change the order in which contacts are solved, so rounding may differ."""
    document = car() | {"size": "s"}
    chassis, _, front, _, goal = document["bodies"]
    document["bodies"] = [chassis, front, goal | {"position": [2.2, 0.65]}]
    document["joints"] = document["joints"][:1]
    named: NamedLevel = loads(json.dumps(document))
    to = Capacity.medium()

    def play(level: Level, capacity: Capacity) -> State:
        engine = Engine(capacity)
        actions = jnp.tile(engine.action(motors=1.0, thrusters=1.0), (48, 1))
        state: State = jax.jit(lambda level: engine.rollout(level.scene, level.state, actions)[0])(level)
        return state

    before, after = play(named.level, named.level.capacity), play(pad(named.level, to), to)
    rows = [*range(5), 6, 7]
    np.testing.assert_allclose(after.position[np.array(rows)], before.position, atol=1e-3)  # m
    moved = np.abs(np.asarray(before.position) - np.asarray(named.level.state.position)).max(axis=1)
    assert moved[4] > 0.2
    assert moved[6] > 0.02
