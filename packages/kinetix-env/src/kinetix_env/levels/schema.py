"""The JSON Schema (draft 2020-12) of `kinetix-level/1`, which editors can use to complete and check files.

It knows fields, types and bounds. What relates two parts of a file, such as a joint that names a body, only the
loader checks."""

import json
from importlib import resources
from typing import Any

__all__ = ["schema"]

FILE = "kinetix-level-1.schema.json"


def schema() -> dict[str, Any]:
    """The schema as JSON values."""
    text = resources.files(__package__ or "").joinpath(FILE).read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
