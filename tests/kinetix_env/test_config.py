"""Validation of settings: accepted values, conversions and error messages."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from kinetix_env.config import (
    as_integer,
    check_choice,
    check_flags,
    check_integer,
    check_number,
    check_pairs,
    checks_its_fields,
)
from kinetix_env.errors import ConfigError


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class Settings:
    count: int = 3
    limit: int | None = None
    rate: float = 0.5
    scale: float = 1.0
    way: str = "left"
    loud: bool = False
    span: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        check_integer(self, "count", 2, 9)
        check_integer(self, "limit", 1, optional=True)
        check_number(self, "rate", 0, 1, exclusive=True)
        check_number(self, "scale")
        check_choice(self, "way", ("left", "right"))
        check_flags(self, ["loud"])
        check_pairs(self, ["span"])


WRONG = [
    *(("count", value, "an integer from 2 to 9") for value in (1, 10, 3.0, True, np.True_, "3", None, 10**400)),
    *(("limit", value, "an integer of at least 1, or None") for value in (0, False, 1.0)),
    *(("rate", value, "a number above 0 and at most 1") for value in (0, 1.5, math.nan, True, "0.5", None)),
    *(("scale", value, "a finite number of at least 0") for value in (-1, math.inf, np.float32(np.nan), 10**400)),
    ("way", "up", "one of 'left', 'right'"),
    ("loud", 1, "True or False"),
    ("span", (1.0, 0.0), "a pair (least, most) of numbers of at least 0 in that order"),
]


@pytest.mark.parametrize(("field", "value", "takes"), WRONG)
def test_an_error_has_the_field_what_it_takes_and_what_it_got(field, value, takes) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings(**{field: value})
    assert str(caught.value) == f"Settings.{field} must be {takes}, got {value!r}."


@pytest.mark.parametrize("kind", [np.int8, np.uint32, np.int64])
def test_numpy_integers_become_python_integers(kind) -> None:
    settings = Settings(count=kind(5), limit=kind(1))
    assert settings == Settings(count=5, limit=1) and type(settings.count) is type(settings.limit) is int
    assert type(as_integer(kind(5), "n", 1)) is int


@pytest.mark.parametrize("value", [np.float32(0.25), np.float16(0.25), Fraction(1, 4)])
def test_numbers_of_other_types_become_floats(value) -> None:
    assert type(Settings(rate=value).rate) is float and Settings(rate=value).rate == 0.25
    assert type(Settings(scale=2).scale) is int  # as given, which is what a file then says


def test_an_argument_is_named_in_the_error() -> None:
    with pytest.raises(ConfigError, match=r"^A film's size must be an integer of at least 4, got 3\.$"):
        as_integer(3, "A film's size", 4)
