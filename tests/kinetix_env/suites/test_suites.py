"""The levels of the package: they load, are valid, and are solved by their solutions but not by no-op.

Their solutions, which are in their files, were found by scripts/solve_suite.py."""

import json
import re
from importlib import resources
from pathlib import Path

import jax
import jsonschema
import numpy as np
import pytest

from jax2d import Engine, contact_slots
from kinetix_env import Role, UnknownNameError
from kinetix_env.level import SIZES, validate
from kinetix_env.level.layout import from_level
from kinetix_env.levels import dumps, loads, schema, stack
from kinetix_env.sources import find_levels
from kinetix_env.sources.suites import file_of, splits, suite
from tests.kinetix_env.suites.plays import play, schedule_of

LEVELS = suite("s")
NAMES = [named.name for named in LEVELS]
EVERY = suite("all")
COUNTS = {"s": 10, "m": 24, "l": 40, "all": 74, "smoke": 6}
each_split = pytest.mark.parametrize("split", SIZES)
DOCS = Path(__file__).parents[3] / "docs" / "levels.md"


def test_the_splits_are_sizes_all_and_a_few() -> None:
    assert tuple(COUNTS) == splits()
    for split in SIZES:
        assert {named.capacity for named in suite(split)} == {SIZES[split]}
    assert {named.capacity for named in suite("smoke")} == set(SIZES.values())
    assert [named.name for named in suite("all")] == [named.name for size in SIZES for named in suite(size)]


@each_split
def test_names_are_those_of_the_files(split: str) -> None:
    files = resources.files("kinetix_env.sources.suites").joinpath(split).iterdir()
    names = [named.name for named in suite(split)]
    assert sorted(file.name.removesuffix(".json") for file in files) == names


@pytest.mark.parametrize(("split", "count"), COUNTS.items())
def test_splits_have_all_their_levels(split: str, count: int) -> None:
    assert len(suite(split)) == count


def test_names_are_unique() -> None:
    assert len({named.name for named in EVERY}) == len(EVERY)


@pytest.mark.parametrize("named", EVERY, ids=lambda named: named.name)
def test_a_level_is_valid_described_and_survives_a_round_trip(named) -> None:
    validate(named.level)
    jsonschema.Draft202012Validator(schema()).validate(json.loads(dumps(named)))
    again = loads(dumps(named))
    for path, array in from_level(again.level).items():
        np.testing.assert_array_equal(array, from_level(named.level)[path], err_msg=path)
    assert named.description.endswith(".")
    assert named.tags
    assert {Role.GREEN, Role.BLUE} <= set(np.asarray(named.level.role).tolist())


@each_split
def test_nothing_overlaps_at_the_start_but_what_joints_connect(split: str) -> None:
    capacity = SIZES[split]
    batch = stack([named.level for named in suite(split)])
    found = jax.jit(jax.vmap(Engine(capacity).overlapping))(batch.scene, batch.state)
    slots, group = contact_slots(capacity), np.asarray(batch.scene.group)
    apart = group[:, np.asarray(slots.body_a)] != group[:, np.asarray(slots.body_b)]
    # m; what rests on another thing may touch it, by rounding
    assert np.where(np.asarray(found.active) & apart, np.asarray(found.depth), 0).max() < 1e-4


@each_split
def test_every_level_is_solved_by_its_recorded_solution_and_none_by_doing_nothing(split: str) -> None:
    levels = suite(split)
    batch = stack([named.level for named in levels])
    ends = play(batch, [schedule_of(named) for named in levels], split)
    idle = play(batch, [[]] * len(levels), split)
    assert [named.name for named, done in zip(levels, ends.solved, strict=True) if not done] == []
    assert [named.name for named, done in zip(levels, idle.solved, strict=True) if done] == []
    np.testing.assert_array_equal(ends.reward, 1.0)  # the sparse reward


def test_the_documentation_lists_every_level() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    told = {named.name: named.description for named in EVERY}
    listed = [(name, words) for name, words in rows if name in told]
    assert listed == [(named.name, named.description) for named in EVERY]


def test_every_level_has_the_file_that_it_was_read_from() -> None:
    assert len({file_of(named) for named in EVERY}) == len(EVERY)
    assert all(file_of(named).is_file() for named in EVERY)


def test_levels_are_found_by_reference() -> None:
    assert [named.name for named in find_levels("suite:s")] == NAMES
    assert [named.name for named in find_levels("suite:s/hover")] == ["hover"]


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("suite:x", "No split called 'x'. Known: all, l, m, s, smoke."),
        ("suite:s/hovr", "No level of suite:s called 'hovr'. Did you mean 'hover'?"),
        ("held-out:xl", "No size called 'xl'. Did you mean 'l'? Known: l, m, s."),
    ],
)
def test_an_unknown_reference_is_refused_with_the_known_ones(reference: str, told: str) -> None:
    with pytest.raises(UnknownNameError, match=re.escape(told)):
        find_levels(reference)
