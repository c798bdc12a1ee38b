"""The levels that come with the package: they load, are well made, and can be solved, but not by doing nothing.

`solutions.json` was recorded by scripts/solve_suite.py."""

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
from kinetix_env.cli.references import find_levels
from kinetix_env.levels import dumps, loads, schema, stack, validate
from kinetix_env.levels.arrays import from_level
from kinetix_env.sizes import SIZES
from kinetix_env.suites import splits, suite
from tests.kinetix_env.suites.plays import SOLUTIONS, play

LEVELS = suite("s")
NAMES = [named.name for named in LEVELS]
DOCS = Path(__file__).parents[3] / "docs" / "levels.md"


def test_the_splits_are_sizes() -> None:
    assert splits() == ("s",)
    for split in splits():
        assert {named.capacity for named in suite(split)} == {SIZES[split]}


def test_names_are_unique_and_those_of_the_files() -> None:
    files = resources.files("kinetix_env.suites").joinpath("s").iterdir()
    assert sorted(file.name.removesuffix(".json") for file in files) == NAMES
    assert len(set(NAMES)) == len(NAMES) == 10


@pytest.mark.parametrize("named", LEVELS, ids=NAMES)
def test_a_level_is_valid_described_and_survives_a_round_trip(named) -> None:
    validate(named.level, named.capacity)
    jsonschema.Draft202012Validator(schema()).validate(json.loads(dumps(named)))
    again = loads(dumps(named))
    for path, array in from_level(again.level).items():
        np.testing.assert_array_equal(array, from_level(named.level)[path], err_msg=path)
    assert named.description.endswith(".")
    assert named.tags
    assert {Role.GREEN, Role.BLUE} <= set(np.asarray(named.level.role).tolist())


def test_nothing_overlaps_at_the_start_but_what_joints_connect() -> None:
    capacity = SIZES["s"]
    batch = stack([named.level for named in LEVELS])
    found = jax.jit(jax.vmap(Engine(capacity).overlapping))(batch.scene, batch.state)
    slots, group = contact_slots(capacity), np.asarray(batch.scene.group)
    apart = group[:, np.asarray(slots.body_a)] != group[:, np.asarray(slots.body_b)]
    # m; what rests on another thing may touch it, by rounding
    assert np.where(np.asarray(found.active) & apart, np.asarray(found.depth), 0).max() < 1e-4


def test_every_level_is_solved_by_its_recorded_schedule_and_none_by_doing_nothing() -> None:
    assert set(SOLUTIONS) == set(NAMES)
    ends = play(stack([named.level for named in LEVELS] * 2), [SOLUTIONS[name] for name in NAMES] + [[]] * len(NAMES))
    solved, idle = np.split(ends.solved, 2)
    assert [name for name, done in zip(NAMES, solved, strict=True) if not done] == []
    assert [name for name, done in zip(NAMES, idle, strict=True) if done] == []
    np.testing.assert_array_equal(ends.reward[: len(NAMES)], 1.0)  # the sparse reward


def test_the_documentation_lists_every_level() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    listed = [(name, told) for name, told in rows if name in NAMES]
    assert listed == [(named.name, named.description) for named in LEVELS]


def test_levels_are_found_by_reference() -> None:
    assert [named.name for named in find_levels("suite:s")] == NAMES
    assert [named.name for named in find_levels("suite:s/hover")] == ["hover"]


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("suite:x", "No split called 'x'."),
        ("suite:s/hovr", "No level of suite:s called 'hovr'. Did you mean 'hover'?"),
        ("held-out:xl", "No size called 'xl'. Did you mean 'l'? Known: l, m, s."),
    ],
)
def test_an_unknown_reference_is_answered_with_the_known_ones(reference: str, told: str) -> None:
    with pytest.raises(UnknownNameError, match=re.escape(told)):
        find_levels(reference)
