"""Levels of size S with a known outcome, and comparisons of the results of environments."""

from typing import Any

import numpy as np

from jax2d import Capacity, SceneBuilder
from kinetix_env import Level, Role
from tests.kinetix_env.episodes import level

SMALL = Capacity.small()


def meeting(role: Role, *, speed: float = 3.0) -> Level:
    """A green circle flies at one of another role, 1 m away, and touches it in the sixth step or the next."""
    builder = SceneBuilder(SMALL, walls=False, gravity=(0.0, 0.0))
    green = builder.circle((1.0, 2.0), radius=0.2, velocity=(speed, 0.0))
    other = builder.circle((2.0, 2.0), radius=0.2)
    return level(builder, {green: Role.GREEN, other: role})


def stillness() -> Level:
    """A level without contacts."""
    return meeting(Role.BLUE, speed=0.0)


def assert_alike(ours: Any, theirs: Any, where: str = "") -> None:
    """Assert equal structure, types and values, up to the rounding of programs of other batch sizes."""
    assert type(ours) is type(theirs), where
    if isinstance(ours, dict):
        assert ours.keys() == theirs.keys(), where
        for name in ours:
            assert_alike(ours[name], theirs[name], f"{where}.{name}")
    elif isinstance(ours, (tuple, list)):
        assert len(ours) == len(theirs), where
        for k, pair in enumerate(zip(ours, theirs, strict=True)):
            assert_alike(*pair, f"{where}[{k}]")
    elif isinstance(ours, np.ndarray) and ours.dtype == object:
        assert_alike(list(ours), list(theirs), where)
    elif isinstance(ours, np.ndarray):
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), where
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4, err_msg=where)
    elif isinstance(ours, float):
        assert abs(ours - theirs) < 1e-4, where
    else:
        assert ours == theirs, where
