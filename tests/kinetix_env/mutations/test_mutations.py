"""The law of each mutation, on a batch of random levels."""

from collections.abc import Callable
from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity
from kinetix_env.errors import ConfigError, LevelError
from kinetix_env.generators import RandomLevels
from kinetix_env.level import Level, empty_level
from kinetix_env.mutations import MUTATIONS, WEIGHTS, mutate
from tests.kinetix_env.generators.batches import MIDDLE, unfiltered
from tests.kinetix_env.generators.level_laws import (
    WALLS,
    as_numpy,
    check_absent_rows,
    check_masses,
    check_numbers,
    check_thrusters,
    check_valid,
)

COUNT = 512
CONFIG = RandomLevels()


def parents() -> Level:
    return unfiltered(MIDDLE, CONFIG, COUNT, seed=1)


@cache
def children(name: str) -> Level:
    """One mutation of each parent."""
    keys = jax.random.split(jax.random.key(2), COUNT)
    return as_numpy(jax.jit(jax.vmap(lambda key, level: MUTATIONS[name](key, level, CONFIG)))(keys, parents()))


def changed(old: Any, new: Any) -> np.ndarray:
    """The levels of two batches that differ in any array: [level]."""
    pairs = zip(jax.tree.leaves(old), jax.tree.leaves(new), strict=True)
    differs = [(np.asarray(a) != np.asarray(b)).reshape(COUNT, -1).any(1) for a, b in pairs]
    return np.logical_or.reduce(differs)


def counts(level: Level) -> dict[str, np.ndarray]:
    scene = level.scene
    return {
        "bodies": scene.active[:, WALLS:].sum(1),
        "joints": scene.joints.active.sum(1),
        "thrusters": scene.thrusters.active.sum(1),
        "immovable": (scene.active & (scene.inverse_mass == 0))[:, WALLS:].sum(1),
    }


@pytest.mark.parametrize("name", MUTATIONS)
def test_children_are_valid_levels(name: str) -> None:
    levels = children(name)
    if name == "change_gravity":
        assert changed(eqx.tree_at(lambda x: x.scene.gravity, levels, parents().scene.gravity), parents()).sum() == 0
    if name not in ("change_size", "change_rotation"):
        check_valid(levels, MIDDLE)
        return
    # A chain between two immovable bodies may not fit together any more: see `kinetix_env.mutations.settle`.
    held = levels.scene.active & (levels.scene.inverse_mass == 0)
    same = levels.scene.group[:, :, None] == levels.scene.group[:, None]
    twice = (same & held[:, None]).sum(2).max(1) > 1
    loops = np.asarray([_has_loop(levels, k) for k in range(COUNT)])
    whole = ~twice & ~loops
    assert whole.mean() > 0.7
    check_valid(jax.tree.map(lambda x: x[whole], levels), MIDDLE)


def _has_loop(levels: Level, k: int) -> bool:
    """Whether the joints of a level close a loop: more joints than bodies they join to others."""
    groups = levels.scene.group[k]
    merged = MIDDLE.bodies - len(np.unique(groups))
    return bool(levels.scene.joints.active[k].sum() > merged)


CHANGES: dict[str, Callable[[dict[str, np.ndarray], dict[str, np.ndarray]], Any]] = {
    "add_shape": lambda old, new: new["bodies"] == old["bodies"] + 1,
    "add_connected_shape": lambda old, new: (new["bodies"] == old["bodies"] + 1) & (new["joints"] == old["joints"] + 1),
    "remove_joint": lambda old, new: (new["joints"] == old["joints"] - 1) & (new["bodies"] == old["bodies"]),
    "remove_shape": lambda old, new: new["bodies"] == old["bodies"] - 1,
    "add_thruster": lambda old, new: new["thrusters"] == old["thrusters"] + 1,
    "remove_thruster": lambda old, new: new["thrusters"] == old["thrusters"] - 1,
    "toggle_immovable": lambda old, new: np.abs(new["immovable"] - old["immovable"]) == 1,
    "swap_roles": lambda old, new: new["bodies"] == old["bodies"],
    "change_size": lambda old, new: new["bodies"] == old["bodies"],
    "change_position": lambda old, new: new["bodies"] == old["bodies"],
    "change_rotation": lambda old, new: new["bodies"] == old["bodies"],
    "change_gravity": lambda old, new: new["bodies"] == old["bodies"],
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation_changes_the_fields_of_its_name_or_none(name: str) -> None:
    old, new = parents(), children(name)
    mutated = changed(old, new)
    assert CHANGES[name](counts(old), counts(new))[mutated].all()
    scene = old.scene
    room = {
        "add_shape": ~scene.active.all(1),
        "add_connected_shape": ~scene.active.all(1) & ~scene.joints.active.all(1),
        "remove_joint": scene.joints.active.any(1),
        "add_thruster": ~scene.thrusters.active.all(1) & (scene.inverse_mass > 0).any(1),
        "remove_thruster": scene.thrusters.active.any(1),
    }.get(name, np.ones(COUNT, bool))
    if name == "change_gravity":
        room = mutated  # half of the time gravity becomes what it was
    assert not mutated[~room].any()
    if name == "change_position":
        room = mutated  # what hangs on a wall stays
    assert mutated[room].all() and mutated.mean() > 0.3


@pytest.mark.parametrize("name", ["add_shape", "add_connected_shape", "add_thruster"])
def test_adding_leaves_what_was_there(name: str) -> None:
    old, new = parents(), children(name)
    there = old.scene.active
    assert (new.scene.active[there]).all() and (new.role[there] == old.role[there]).all()
    assert (new.state.position[there] == old.state.position[there]).all()
    for group in (lambda level: level.scene.joints, lambda level: level.scene.thrusters):
        active = group(old).active
        pairs = zip(jax.tree.leaves(group(old)), jax.tree.leaves(group(new)), strict=True)
        assert all((a[active] == b[active]).all() for a, b in pairs)


def test_swapping_roles_keeps_their_numbers() -> None:
    old, new = parents().role, children("swap_roles").role
    assert (np.sort(old, 1) == np.sort(new, 1)).all()
    assert ((old != new).sum(1) == 2).all() and (old[:, :WALLS] == new[:, :WALLS]).all()


def test_toggling_twice_is_the_identity() -> None:
    keys = jax.random.split(jax.random.key(2), COUNT)
    toggle = jax.jit(jax.vmap(lambda key, level: MUTATIONS["toggle_immovable"](key, level, CONFIG)))
    again = toggle(keys, children("toggle_immovable"))
    # what was immovable has no mass in the parent, so only its own shape can give it back
    np.testing.assert_allclose(again.scene.inverse_mass, parents().scene.inverse_mass, rtol=1e-5)


def test_a_new_size_is_that_of_a_new_shape() -> None:
    old, new = parents(), children("change_size")
    radius = new.scene.radius[new.scene.radius != old.scene.radius]
    assert len(radius) > 50 and radius.min() >= 0.0999 and radius.max() <= 0.4001
    resized = (new.scene.vertices != old.scene.vertices).any((2, 3))
    corners = new.scene.vertices[resized]
    sides = corners.max(1) - corners.min(1)
    assert resized.sum(1).max() == 1 and sides.min() >= 0.0999 and sides.max() <= 1.4143
    # inverse masses change with sizes unless immovable
    assert (new.scene.inverse_mass != old.scene.inverse_mass).sum(1).max() == 1


def test_positions_change_by_half_a_metre_at_most_and_stay_inside() -> None:
    old, new = parents(), children("change_position")
    moved = (new.state.position != old.state.position).any(-1)
    step = (new.state.position - old.state.position)[moved]
    inside = (old.state.position > 0.5).all(-1) & (old.state.position < 4.5).all(-1)
    assert np.abs(step[inside[moved]]).mean() < 0.5
    assert not moved[:, :WALLS].any()
    # All of a chain moves by the same step.
    for k in range(COUNT):
        steps = (new.state.position - old.state.position)[k][moved[k]]
        assert np.ptp(steps, axis=0).max(initial=0) < 1e-5
        assert len(np.unique(old.scene.group[k][moved[k]])) <= 1


def test_rotations_are_at_most_90_degrees() -> None:
    turn = children("change_rotation").state.angle - parents().state.angle
    assert ((turn != 0).sum(1) == 1).all() and turn.min() >= 0 and turn.max() <= np.pi / 2


def test_gravity_is_downwards() -> None:
    gravity = children("change_gravity").scene.gravity
    assert not gravity[:, 0].any() and gravity[:, 1].min() == pytest.approx(-9.81) and gravity[:, 1].max() <= 0
    assert (gravity[:, 1] == gravity[:, 1].min()).mean() == pytest.approx(0.5, abs=0.12)  # five standard errors


@pytest.fixture(scope="module")
def five_times() -> Level:
    keys = jax.random.split(jax.random.key(4), COUNT)
    return as_numpy(jax.jit(jax.vmap(lambda key, level: mutate(key, level, 5)))(keys, parents()))


def test_mutate_applies_several(five_times: Level) -> None:
    """Existing entities stay valid; anchors may separate in chains with two fixed ends or a loop."""
    assert set(WEIGHTS) < set(MUTATIONS)
    assert changed(parents(), five_times).all()
    old, new = counts(parents()), counts(five_times)
    assert (new["bodies"] >= old["bodies"]).all() and (new["joints"] >= old["joints"]).all()  # nothing is removed
    assert (new["bodies"] > old["bodies"]).any() and (new["thrusters"] < old["thrusters"]).any()
    check_numbers(five_times)
    check_absent_rows(five_times, MIDDLE)
    check_masses(five_times, MIDDLE)
    check_thrusters(five_times)


def test_an_empty_level_is_left_alone() -> None:
    """Mutations that remove or change entities leave an empty level unchanged; shapes can be added."""
    level = empty_level(MIDDLE)
    batch = jax.tree.map(lambda x: jnp.broadcast_to(x, (COUNT, *x.shape)), level)
    keys = jax.random.split(jax.random.key(3), COUNT)
    for name in sorted(set(MUTATIONS) - {"add_shape", "change_gravity"}):
        run = jax.jit(jax.vmap(lambda key, level, name=name: MUTATIONS[name](key, level, CONFIG)))
        assert not changed(batch, run(keys, batch)).any(), name


def test_levels_without_the_walls_are_refused() -> None:
    scene_of_another_kind = empty_level(Capacity(polygons=6, circles=1, joints=1, thrusters=1, static_polygons=5))
    with pytest.raises(LevelError, match="4 static polygons"):
        MUTATIONS["add_shape"](jax.random.key(0), scene_of_another_kind, CONFIG)


@pytest.mark.parametrize("count", [-1, True])
def test_invalid_counts_are_refused(count: Any) -> None:
    with pytest.raises(ConfigError, match="count must be an integer of at least 0"):
        mutate(jax.random.key(0), empty_level(MIDDLE), count)
