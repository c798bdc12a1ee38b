"""The check of wheel metadata accepts complete metadata and names missing or invalid fields."""

import tomllib
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from scripts.check_wheels import metadata_faults

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "packages/jax2d/pyproject.toml").read_text(encoding="utf-8"))["project"]


def metadata(**changes: str | None) -> Message:
    """The metadata of the engine's wheel as hatchling writes them; None leaves a field out."""
    fields: dict[str, str | None] = {
        "Name": "jax2d",
        "Version": PROJECT["version"],
        "License-Expression": "Apache-2.0",
        "Requires-Python": "<3.14,>=3.11",
        "Requires-Dist": "jax<0.12,>=0.10",
        "Project-URL": "Home, https://example.org",
    }
    message = Message()
    for name, value in (fields | {key.replace("_", "-"): value for key, value in changes.items()}).items():
        if value is not None:
            message[name] = value
    message.set_payload("# jax2d\n")
    return message


def test_complete_metadata_has_no_faults() -> None:
    assert metadata_faults(metadata(), PROJECT, is_published=True) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Version", "1.0.2"),
        ("License_Expression", None),
        ("Requires_Python", ">=3.11"),
        ("Requires_Dist", "jax>=0.10"),
        ("Requires_Dist", None),
        ("Project_URL", None),
    ],
)
def test_faults_name_the_metadata_field(field: str, value: str | None) -> None:
    (fault,) = metadata_faults(metadata(**{field: value}), PROJECT, is_published=True)
    assert field.replace("_", "-") in fault
