"""Saving and loading gives the same level, bit for bit where it means something, so that it plays the same."""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Engine, State
from kinetix_env import Level
from kinetix_env.level.canonical import canonical
from kinetix_env.level.layout import from_level
from kinetix_env.levels import NamedLevel, dumps, export_published, import_published, load, loads, save, stack
from tests.kinetix_env.levels.samples import CAPACITIES, NAMES, car, random_level
from tests.kinetix_env.reference import level_path

SEEDS = range(24)


def assert_same(level: Level, other: Level) -> None:
    """Assert that all rows and fields are equal bit for bit."""
    expected = from_level(other)
    for path, array in from_level(level).items():
        assert array.dtype == expected[path].dtype
        assert array.tobytes() == expected[path].tobytes(), f"{path}: {array} is not {expected[path]}"


def assert_canonical(level: Level, original: NamedLevel) -> None:
    expected = canonical(from_level(original.level), original.capacity)
    for path, array in from_level(level).items():
        assert array.tobytes() == expected[path].tobytes(), f"{path}: {array} is not {expected[path]}"


@pytest.mark.parametrize("size", CAPACITIES)
def test_random_levels_survive_our_format_bit_for_bit(size: str) -> None:
    for seed in SEEDS:
        named = random_level(seed, size)
        again = loads(dumps(named))
        assert (again.name, again.capacity) == (named.name, named.capacity)
        assert_canonical(again.level, named)
        assert dumps(again) == dumps(named)


@pytest.mark.parametrize("size", CAPACITIES)
def test_random_levels_survive_the_published_format_bit_for_bit(size: str) -> None:
    for seed in SEEDS:
        named = random_level(seed, size)
        text = json.dumps(export_published(named), allow_nan=False)
        again = loads(text)
        assert again.name == named.name
        assert_canonical(again.level, named)


@pytest.mark.parametrize("name", NAMES)
def test_published_levels_survive_both_formats_bit_for_bit(name: str) -> None:
    named = load(level_path(name))
    assert_same(loads(dumps(named)).level, named.level)
    assert_same(import_published(export_published(named), name="x").level, named.level)


def test_name_description_tags_and_notes_survive_both_formats() -> None:
    named = loads(json.dumps(car() | {"family": "cars", "notes": "Ünïcode,\ntwo lines.", "description": ""}))
    for again in (loads(dumps(named)), loads(json.dumps(export_published(named)))):
        for field in ("name", "description", "family", "tags", "notes", "solution"):
            assert getattr(again, field) == getattr(named, field)
    assert loads(dumps(named)).body_names == named.body_names


def test_missing_and_duplicate_body_names_are_replaced(tmp_path: Path) -> None:
    named = loads(json.dumps(car()))
    names = ("", "", "", "", "circle-1", "floor", "", "circle-1", "goal")
    clash = NamedLevel(name="x", level=named.level, body_names=names)
    save(tmp_path / "x.json", clash)
    again = load(tmp_path / "x.json")
    assert again.body_names[4:] == ("circle-1", "polygon-1", "circle-2", "circle-3", "goal")
    assert_same(again.level, named.level)


def test_what_is_dropped_does_not_change_how_a_level_plays() -> None:
    """Round trips are compared with `canonical`, so it must not drop anything that affects an episode."""
    originals = [random_level(seed, "m") for seed in SEEDS]
    written = [loads(dumps(named)).level for named in originals]
    engine = Engine(CAPACITIES["m"])
    rng = np.random.default_rng(0)
    actions = jnp.asarray(rng.uniform(-1, 1, (len(originals), 12, engine.capacity.actions)), jnp.float32)

    @jax.jit
    def play(levels: Level, actions: jax.Array) -> State:
        return jax.vmap(lambda level, action: engine.rollout(level.scene, level.state, action)[0])(levels, actions)

    before, after = (play(stack(levels), actions) for levels in ([named.level for named in originals], written))
    active = np.asarray(stack(written).scene.active)
    for name in ("position", "angle", "velocity", "angular_velocity"):
        one, other = (np.asarray(getattr(state, name))[active] for state in (before, after))
        np.testing.assert_array_equal(one, other, err_msg=name)
