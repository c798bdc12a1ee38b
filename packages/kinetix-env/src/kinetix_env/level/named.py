"""A level with what people say about it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from jax2d import Capacity
from jax2d.checks import shown

from ..display import drawn_by
from ..errors import LevelError
from .level import Level
from .sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS

__all__ = [
    "ACTION_CHOICES",
    "LONGEST_NAME",
    "LONGEST_SOLUTION",
    "LONGEST_TEXT",
    "MOST_TAGS",
    "NamedLevel",
    "check_action",
    "check_name",
]

LONGEST_NAME = 100  # characters
LONGEST_TEXT = 10_000  # characters
MOST_TAGS = 100
LONGEST_SOLUTION = 10_000  # environment steps; an episode has 256 by default
ACTION_CHOICES = (3,) * MOTOR_BINDINGS + (2,) * THRUSTER_BINDINGS  # of a multi-discrete action


@dataclass(frozen=True, kw_only=True, eq=False)
class NamedLevel:
    """One task and its description. Only `name` and `level` are needed to play it."""

    name: str
    level: Level
    description: str = ""  # one sentence: what has to happen
    family: str = ""  # levels of one idea share it
    tags: tuple[str, ...] = ()
    notes: str = ""  # anything else, such as where it comes from
    solution: tuple[tuple[int, ...], ...] | None = None  # multi-discrete actions, one row per step, that solve it
    body_names: tuple[str, ...] = ()  # one per body row, "" where there is none; () lets `save` invent them

    @property
    def capacity(self) -> Capacity:
        """How much the level has room for."""
        return self.level.capacity

    def __post_init__(self) -> None:
        words = {field.name: getattr(self, field.name) for field in fields(self)}
        check_metadata(words)
        if self.body_names and len(self.body_names) != self.capacity.bodies:
            raise LevelError(f"body_names must be {self.capacity.bodies} strings, got {len(self.body_names)}.")

    _repr_html_ = drawn_by("kinetix_env.picture.notebook:named_html")


def check_metadata(words: Mapping[str, Any]) -> None:
    """Raise a `LevelError` unless the fields of a `NamedLevel` that are words, tags or actions can be kept."""
    check_name(words["name"], "name")
    for field in ("description", "notes"):
        _check_text(words.get(field, ""), field)
    if words.get("family", "") != "":
        check_name(words["family"], "family")
    tags = words.get("tags", ())
    if not isinstance(tags, tuple) or len(tags) > MOST_TAGS:
        raise LevelError(f"tags must be at most {MOST_TAGS} strings, got {shown(tags)}.")
    for index, tag in enumerate(tags):
        check_name(tag, f"tags[{index}]")
    if words.get("solution") is not None:
        _check_solution(words["solution"])


def check_name(value: object, field: str) -> str:
    """A value as a name: a string of one line, not empty."""
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_NAME or not value.isprintable():
        takes = f"a string of 1 to {LONGEST_NAME} printable characters"
        raise LevelError(f"{field} must be {takes}, got {shown(value)}.")
    return value


def _check_text(value: object, field: str) -> None:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise LevelError(f"{field} must be a string of at most {LONGEST_TEXT} characters, got {shown(value)}.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise LevelError(f"{field} must be Unicode text, got half of a surrogate pair in {shown(value)}.")


def _check_solution(rows: Any) -> None:
    if not isinstance(rows, (list, tuple)) or not 1 <= len(rows) <= LONGEST_SOLUTION:
        raise LevelError(f"solution must be a list of 1 to {LONGEST_SOLUTION} actions, got {shown(rows)}.")
    for index, row in enumerate(rows):
        check_action(row, f"solution[{index}]")


def check_action(row: Any, field: str) -> None:
    """Raise a `LevelError` unless it is one multi-discrete action."""
    fits = isinstance(row, (list, tuple)) and len(row) == len(ACTION_CHOICES)
    if not fits or not all(
        type(part) is int and 0 <= part < most for part, most in zip(row, ACTION_CHOICES, strict=True)
    ):
        takes = f"{MOTOR_BINDINGS} motors (0, 1 or 2) and {THRUSTER_BINDINGS} thrusters (0 or 1)"
        raise LevelError(f"{field} must be integers for {takes}, got {shown(row)}.")
