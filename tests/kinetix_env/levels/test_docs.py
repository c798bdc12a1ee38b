"""docs/levels.md: its example is a level, its error messages are those of the loader, its Python runs."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kinetix_env import LevelError
from kinetix_env.levels import load, loads, schema
from tests.kinetix_env.levels.test_format import set_at

TEXT = (Path(__file__).parents[3] / "docs" / "levels.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


EXAMPLE = blocks("json")[0]


def test_the_example_is_a_level() -> None:
    named = loads(EXAMPLE)
    assert named.name == "car"
    jsonschema.Draft202012Validator(schema()).validate(json.loads(EXAMPLE))


SPOILT: list[tuple[tuple[Any, ...], Any]] = [
    (("bodies", 2, "radius"), -1),
    (("joints", 0, "a"), "chasis"),
    (("bodies", 1, "vertices"), [[3, 0.4], [3.8, 0.4], [3, 0.8]]),
]


@pytest.mark.parametrize(("line", "spoilt"), [*zip(blocks("text")[0].splitlines(), SPOILT, strict=True)])
def test_the_messages_are_those_of_the_loader(line: str, spoilt: tuple[tuple[Any, ...], Any]) -> None:
    document = json.loads(EXAMPLE)
    set_at(document, *spoilt)
    with pytest.raises(LevelError) as caught:
        loads(json.dumps(document), source="car.json")
    assert str(caught.value) == line


def test_the_python_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my-levels"
    folder.mkdir()
    for file in (tmp_path / "car.json", folder / "a.json", folder / "b.json", tmp_path / "h1_car_left.json"):
        file.write_text(EXAMPLE)
    for block in blocks("python"):
        exec(block, {**globals(), "levels": __import__("kinetix_env.levels").levels})
    assert load("copy.json").name == load("again.json").name == "car"


def test_every_field_is_explained() -> None:
    definitions = schema()["$defs"]
    tables = [schema()["properties"], *(definitions[name]["properties"] for name in ("body", "joint", "motor"))]
    for name in {name for table in tables for name in table} | set(definitions["thruster"]["properties"]):
        assert f"`{name}`" in TEXT or f'"{name}"' in TEXT, f"docs/levels.md does not mention {name}"
