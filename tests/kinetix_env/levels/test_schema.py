"""The shipped JSON Schema accepts the files that the loader accepts."""

import json
from typing import Any

import jsonschema
import pytest

from kinetix_env import LevelError
from kinetix_env.levels import dumps, load, loads, schema, words
from tests.kinetix_env.levels.samples import CAPACITIES, NAMES, car, random_level
from tests.kinetix_env.levels.test_format import set_at
from tests.kinetix_env.reference import level_path

pytestmark = pytest.mark.versions

VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_schema_is_a_valid_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("size", CAPACITIES)
def test_written_files_match_the_schema(size: str) -> None:
    for seed in range(12):
        VALIDATOR.validate(json.loads(dumps(random_level(seed, size))))


@pytest.mark.parametrize("name", NAMES)
def test_converted_levels_fit_the_schema(name: str) -> None:
    VALIDATOR.validate(json.loads(dumps(load(level_path(name)))))


def test_schema_and_loader_know_the_same_fields() -> None:
    definitions = schema()["$defs"]
    assert set(schema()["properties"]) == set(words.LEVEL_FIELDS)
    assert set(definitions["body"]["properties"]) == set(words.BODY_FIELDS)
    assert set(definitions["wall"]["oneOf"][1]["properties"]) == set(words.WALL_FIELDS)
    assert set(definitions["joint"]["properties"]) == set(words.JOINT_FIELDS)
    assert set(definitions["motor"]["properties"]) == set(words.MOTOR_FIELDS)
    assert set(definitions["thruster"]["properties"]) == set(words.THRUSTER_FIELDS)
    assert set(definitions["walls"]["properties"]) == set(words.WALLS)


GOOD: list[tuple[tuple[Any, ...], Any]] = [
    (("$schema",), "kinetix-level-1.schema.json"),
    (("walls",), False),
    (("walls", "floor"), {}),
    (("walls", "floor", "vertices"), [[2.5, 5.2], [2.5, -5.2], [-2.5, -5.2]]),
    (("name",), None),
    (("bodies", 0, "mass"), "infinite"),
    (("bodies", 0, "angle"), -3),
    (("bodies", 2, "ghost"), True),
    (("bodies", 1, "centre"), [3.2, 0.7]),
    (("bodies", 1, "position"), [0.1, 0]),
    (("bodies", 0, "slot"), 4.0),
    (("joints", 0, "motor"), {}),
    (("joints", 0, "motor", "auto"), True),
    (("joints", 0, "rotation"), 1),
    (("thrusters", 0, "position"), None),
    (("solution",), None),
    (("solution",), [[[0, 1, 0, 0, 0, 0], 20], [0, 1, 0, 0, 0, 1], [[0, 0, 0, 0, 0, 0], 1.0]]),
]
BAD: list[tuple[tuple[Any, ...], Any]] = [
    (("format",), "kinetix-level/2"),
    (("format",), None),
    (("size",), None),
    (("size",), "xl"),
    (("size",), {"polygons": 5}),
    (("size",), {"polygons": 5, "circles": 1, "joints": 0, "thrusters": 0, "vertices": 2}),
    (("size",), {"polygons": 5, "circles": 1.5, "joints": 0, "thrusters": 0}),
    (("walls",), True),
    (("walls",), []),
    (("walls", "roof"), {}),
    (("walls", "floor", "mass"), 1),
    (("name",), ""),
    (("name",), "two\nlines"),
    (("name",), "n" * 101),
    (("description",), 7),
    (("tags",), "car"),
    (("gravity",), [0]),
    (("gravity",), [0, "1"]),
    (("bodies",), {}),
    (("bodies", 0), []),
    (("bodies", 0, "name"), None),
    (("bodies", 0, "shape"), "square"),
    (("bodies", 0, "shape"), None),
    (("bodies", 0, "radius"), 1),
    (("bodies", 0, "width"), 0),
    (("bodies", 0, "position"), None),
    (("bodies", 0, "role"), "yellow"),
    (("bodies", 0, "role"), 1),
    (("bodies", 0, "density"), 0),
    (("bodies", 0, "restitution"), 1.5),
    (("bodies", 0, "immovable"), 1),
    (("bodies", 0, "mass"), 0),
    (("bodies", 0, "mass"), "huge"),
    (("bodies", 0, "slot"), -1),
    (("bodies", 1, "mass"), 1),
    (("bodies", 1, "vertices"), [[0, 0], [1, 0]]),
    (("bodies", 2, "centre"), [0, 0]),
    (("bodies", 2, "radius"), True),
    (("bodies", 2, "radius"), 1e7),
    (("joints", 0, "type"), "weld"),
    (("joints", 0, "type"), "fixed"),
    (("joints", 0, "a"), None),
    (("joints", 0, "a"), 4),
    (("joints", 0, "at"), None),
    (("joints", 0, "anchor"), [0, 0]),
    (("joints", 0, "motor"), True),
    (("joints", 0, "motor", "binding"), 4),
    (("joints", 0, "motor", "power"), -1),
    (("joints", 1, "limits"), [0]),
    (("joints", 1, "limited"), True),
    (("thrusters", 0, "body"), None),
    (("thrusters", 0, "binding"), 2),
    (("thrusters", 0, "binding"), 0.5),
    (("solution",), []),
    (("solution", 0), [0, 0, 0, 0, 0]),
    (("solution", 0), [0, 0, 0, 0, 0, 2]),
    (("solution", 0), [0, True, 0, 0, 0, 0]),
    (("solution", 0), [[0, 1, 0, 0, 0, 0], 0]),
    (("solution", 0), [[0, 1, 0, 0, 0, 0], 1.5]),
    (("solution", 0), [[0, 1, 0, 0, 0], 2]),
    (("solution", 0), [[0, 1, 0, 0, 0, 0]]),
    (("solution", 0), [[0, 1, 0, 0, 0, 0], 2, 3]),
]


def loader_takes(document: Any) -> bool:
    try:
        loads(json.dumps(document))
    except LevelError:
        return False
    return True


@pytest.mark.parametrize(("path", "value"), GOOD, ids=lambda part: str(part)[:40])
def test_schema_and_loader_accept_good_files(path: tuple[Any, ...], value: Any) -> None:
    document = car()
    set_at(document, path, value)
    VALIDATOR.validate(document)
    loads(json.dumps(document))


@pytest.mark.parametrize(("path", "value"), BAD, ids=lambda part: str(part)[:40])
def test_schema_and_loader_refuse_bad_files(path: tuple[Any, ...], value: Any) -> None:
    document = car()
    set_at(document, path, value)
    assert not VALIDATOR.is_valid(document)
    assert not loader_takes(document)
