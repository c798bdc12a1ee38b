"""Levels can be generated for any capacity with the four walls, however small."""

import jax
import pytest

from jax2d import Capacity
from kinetix_env.errors import ConfigError
from kinetix_env.generators import RandomLevels
from tests.kinetix_env.generators.level_laws import check_valid

pytestmark = pytest.mark.versions


@pytest.mark.parametrize(
    "counts",
    [
        {"polygons": 6, "circles": 0, "joints": 0, "thrusters": 0},
        {"polygons": 4, "circles": 3, "joints": 2, "thrusters": 4, "vertices": 6},
    ],
    ids=["polygons alone", "circles, six vertices"],
)
def test_levels_of_any_capacity_are_valid(counts: dict[str, int]) -> None:
    capacity = Capacity(**counts)
    sample = RandomLevels(proposals=2).build(capacity).sample_unfiltered
    levels = jax.jit(jax.vmap(sample))(jax.random.split(jax.random.key(0), 64))
    check_valid(levels, capacity)
    assert levels.scene.active[:, 4:].sum(1).min() >= min(2, capacity.movable)


@pytest.mark.parametrize("wrong", [{"static_polygons": 3}, {"static_polygons": 5}, {"vertices": 3}])
def test_other_boundaries_are_refused(wrong: dict[str, int]) -> None:
    capacity = Capacity(**{"polygons": 6, "circles": 2, "joints": 1, "thrusters": 1, **wrong})
    with pytest.raises(ConfigError, match=r"static_polygons=4 .* at least 4 vertices, got static_polygons="):
        RandomLevels().build(capacity)
