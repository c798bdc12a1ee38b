"""Levels without green or blue are played, with a warning that names them."""

import json
from typing import Any

import pytest

from jax2d import Capacity
from kinetix_env import KinetixWarning
from kinetix_env.cli.main import main
from kinetix_env.level import Role, missing_roles
from kinetix_env.levels import loads
from kinetix_env.sources import ListCurriculum
from tests.kinetix_env.levels.samples import car


def without(*roles: str) -> dict[str, Any]:
    sample = car()
    for body in sample["bodies"]:
        if body.get("role") in roles:
            del body["role"]
    return sample | {"name": "odd one"}


def test_missing_roles_are_those_that_no_body_has() -> None:
    assert missing_roles(loads(json.dumps(car())).level) == []
    assert missing_roles(loads(json.dumps(without("green"))).level) == [Role.GREEN]
    assert missing_roles(loads(json.dumps(without("green", "blue"))).level) == [Role.GREEN, Role.BLUE]


def test_using_a_level_without_blue_warns_with_its_name(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(_unsolved("blue")))
    expected = "'odd one' has no blue shape: nothing can solve that."
    with pytest.warns(KinetixWarning, match=expected):
        ListCurriculum(levels=(str(file),)).load(Capacity.medium())
    assert main(["levels", "check", str(file)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("ok") and told.err.startswith("kinetix: warning: '") and "has no blue shape" in told.err


def _unsolved(*roles: str) -> dict[str, Any]:
    sample = without(*roles)
    del sample["solution"]
    return sample
