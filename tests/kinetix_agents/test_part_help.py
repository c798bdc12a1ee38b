"""The help of commands that choose parts of a run."""

from dataclasses import fields
from pathlib import Path

import pytest

from kinetix_agents.training.config import PARTS, RunConfig, write_config
from kinetix_env.cli.main import main
from kinetix_env.plugins import registry

SFL = pytest.importorskip("kinetix_ued").SFL


def printed(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    """What the command prints for these arguments, with single spaces."""
    assert main(args) == 0
    told = capsys.readouterr()
    assert told.err == ""
    return " ".join(told.out.split())


def test_help_names_every_part_and_where_its_settings_are(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "train", "--help")
    for field, kind in PARTS.items():
        for name in registry().sources(kind):
            assert f" {field.replace('_', '-')}:{name} " in text
    assert "kinetix train curriculum:sfl --help" in text
    assert "--steps INT" in text and "--ppo.clip FLOAT" in text and "--curriculum.candidates" not in text


@pytest.mark.parametrize("args", [["curriculum:sfl", "--help"], ["--seed", "3", "curriculum:sfl", "-h"]])
def test_help_of_a_part_is_its_settings_alone(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "train", *args)
    for field in fields(SFL):
        assert f"--curriculum.{field.name.replace('_', '-')} " in text
    assert "--steps" not in text and "--policy" not in text and "kinetix train --help shows the other" in text


def test_help_of_two_parts_is_the_settings_of_both(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "train", "curriculum:sfl", "policy:set-mlp", "--help")
    assert "--curriculum.buffer INT" in text and "--policy.width INT" in text


def test_defaults_are_those_of_the_given_configuration(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_config(tmp_path / "config.json", RunConfig(curriculum=SFL(buffer=77)))
    given = ["--config", str(tmp_path / "config.json")]
    assert "(default: 77)" in printed(capsys, "train", *given, "curriculum:sfl", "--help")
    assert "agent solves sometimes. (default)" in printed(capsys, "train", *given, "--help")


def test_help_of_an_unknown_part_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "curriculum:sf", "--help"]) == 2
    assert "No part of a run called 'curriculum:sf'. Did you mean 'curriculum:sfl'?" in capsys.readouterr().err


def test_commands_list_only_the_parts_that_they_take(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "finetune", "--help")
    assert " reward:sparse " in text and "policy:set-mlp" not in text
