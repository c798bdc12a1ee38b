"""Sizes: the published ones by letter, any other by its counts, in every function and command that takes a size."""

from typing import Any

import pytest

from jax2d import Capacity
from kinetix_env import ConfigError, UnknownNameError, empty_level, make
from kinetix_env.cli.main import main
from kinetix_env.environments import KinetixCustom, KinetixL, KinetixS, environment_config, like, plays_alike
from kinetix_env.level import SIZES, capacity_of, common_capacity, size_of
from kinetix_env.levels import pad, resolve
from kinetix_env.plugins import registry
from kinetix_env.sources import LevelReference
from kinetix_env.task import PhysicsSettings

COUNTS = "polygons=6,circles=1,joints=1,thrusters=1"
CAPACITY = Capacity(polygons=6, circles=1, joints=1, thrusters=1)
HEXAGONS = Capacity(polygons=9, circles=2, joints=3, thrusters=1, static_polygons=6, vertices=6)


@pytest.mark.parametrize("capacity", [*SIZES.values(), CAPACITY, HEXAGONS])
def test_a_size_is_the_text_of_a_capacity(capacity: Capacity) -> None:
    assert capacity_of(size_of(capacity)) == capacity_of(capacity) == capacity
    assert size_of(CAPACITY) == COUNTS and size_of(SIZES["m"]) == "m"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("xl", UnknownNameError, "No size called 'xl'. Did you mean 'l'"),
        ("polygons=6", ConfigError, "A size must be counts such as .* circles, joints, thrusters is missing"),
        ("polygon=6", UnknownNameError, "No count of a size called 'polygon'. Did you mean 'polygons'"),
        (COUNTS.replace("6", "-6"), ConfigError, "polygons of a size must be an integer from 0 to 128, got '-6'"),
        (COUNTS.replace("6", "10000000000"), ConfigError, "must be an integer from 0 to 128, got '10000000000'"),
        (COUNTS.replace("6", "2"), ConfigError, "cannot be a size: Capacity.static_polygons counts some of the 2"),
    ],
)
def test_other_texts_are_refused(text: str, error: type[Exception], message: str) -> None:
    for function in (capacity_of, lambda text: LevelReference.parse(f"random:{text}")):
        with pytest.raises(error, match=message):
            function(text)


def test_a_common_capacity_holds_levels_of_all() -> None:
    several = [SIZES["l"], CAPACITY, HEXAGONS]
    common = common_capacity(several)
    assert common == Capacity(polygons=14, circles=4, joints=6, thrusters=2, static_polygons=6, vertices=6)
    for one in several:
        assert pad(empty_level(one), common).capacity == common


def test_an_environment_of_any_capacity_has_a_config_with_a_name() -> None:
    config = environment_config(COUNTS)
    assert config == KinetixCustom(polygons=6, circles=1, joints=1, thrusters=1) == KinetixCustom.of(CAPACITY)
    assert registry().environments[config.name]().capacity == SIZES["l"]
    for given in (COUNTS, CAPACITY, config):
        assert make(given).engine.capacity == CAPACITY
    with pytest.raises(ConfigError, match=r"KinetixCustom\.circles must be an integer from 0 to 128, got -1"):
        KinetixCustom(circles=-1)
    with pytest.raises(ConfigError, match=r"KinetixCustom: Capacity\.static_polygons"):
        KinetixCustom(polygons=3)


def test_settings_move_between_capacities() -> None:
    settings: dict[str, Any] = {"horizon": 9, "physics": PhysicsSettings(friction=0.1)}
    custom, large = KinetixCustom(polygons=6, **settings), KinetixL(**settings)
    assert like(large, "polygons=6,circles=4,joints=6,thrusters=2") == custom and like(custom, "kinetix-l") == large
    assert plays_alike(custom, large) and not plays_alike(custom, KinetixS())
    assert make(custom).engine.params.friction == 0.1 and make(custom).horizon == 9


def test_commands_take_counts(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    small = "polygons=5,circles=2,joints=1,thrusters=1"  # a program that other tests compile too
    assert main(["levels", "random", "--size", small, "--count", "3", "--out", str(tmp_path)]) == 0
    assert [named.capacity for named in resolve(tmp_path)] == [SIZES["s"]] * 3
    assert main(["levels", "show", f"random:{small}"]) == 0
    assert main(["levels", "random", "--size", "xl", "--out", str(tmp_path)]) == 2
    assert "No size called 'xl'" in capsys.readouterr().err
