"""Numbers at their least and largest values are loaded, written, exported and imported, to the same bits."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from kinetix_env import LevelError
from kinetix_env.level import bounds
from kinetix_env.levels import NamedLevel, dumps, export_published, import_published, loads
from tests.kinetix_env.levels.samples import car
from tests.kinetix_env.levels.test_format import set_at

WAYS = {
    "our format": lambda named: loads(dumps(named)),
    "the published format": lambda named: import_published(json.loads(json.dumps(export_published(named))), name="x"),
}


def limits() -> Iterator[tuple[tuple[Any, ...], bounds.Limits]]:
    """The places of numbers in the document of `car`, and their limits."""
    yield ("gravity", 0), bounds.ANY
    yield ("walls", "floor", "density"), bounds.DENSITY
    for name, allowed in (
        ("radius", bounds.LENGTH), ("density", bounds.DENSITY), ("friction", bounds.FRICTION),
        ("restitution", bounds.RESTITUTION), ("mass", bounds.MASS), ("inertia", bounds.INERTIA),
        ("angle", bounds.ANY), ("angular_velocity", bounds.ANY),
    ):  # fmt: skip
        yield ("bodies", 4, name), allowed
    yield ("bodies", 4, "position", 0), bounds.ANY
    yield ("bodies", 4, "velocity", 0), bounds.ANY
    for side in ("width", "height"):
        yield ("bodies", 0, side), bounds.LENGTH
    yield ("bodies", 0, "density"), bounds.DENSITY
    yield ("bodies", 1, "density"), bounds.DENSITY
    yield ("joints", 0, "motor", "speed"), bounds.ANY
    yield ("joints", 0, "motor", "power"), bounds.POWER
    yield ("joints", 0, "rotation"), bounds.ANY
    yield ("joints", 1, "limits", 0), (bounds.ANY[0], 1)
    yield ("joints", 1, "limits", 1), (-1, bounds.ANY[1])
    yield ("thrusters", 0, "position", 1), bounds.ANY
    yield ("thrusters", 0, "angle"), bounds.ANY
    yield ("thrusters", 0, "power"), bounds.POWER
    for name, allowed in bounds.PHYSICS.items():
        yield ("physics", name), allowed


def document() -> dict[str, Any]:
    sample = car() | {"gravity": [0, -9.81], "physics": {}}
    del sample["walls"]["floor"]["role"]
    sample["bodies"][4] |= {"velocity": [0, 0]}
    return sample


def loaded(path: tuple[Any, ...], value: float) -> NamedLevel:
    changed = document()
    set_at(changed, path, value)
    return loads(json.dumps(changed))


def test_a_level_at_a_limit_survives_every_way_out_and_back() -> None:
    """Texts are compared: they hold float32 numbers exactly, and leave out what is not stated."""
    for path, allowed in limits():
        for limit in {*allowed, *(float(np.float32(limit)) for limit in allowed)}:
            named = loaded(path, limit)
            text = dumps(NamedLevel(name="x", level=named.level))
            for way in WAYS.values():
                assert dumps(NamedLevel(name="x", level=way(named).level)) == text, (path, limit)


def test_a_number_beyond_a_limit_is_refused() -> None:
    """Beyond by a millionth of the limit, which is more than the rounding of float32."""
    for path, allowed in limits():
        for limit, sign in zip(allowed, (-1, 1), strict=True):
            beyond = limit + sign * max(abs(limit) * 1e-6, 1e-12)
            if len(path) == 4 and path[2] == "limits" and abs(limit) == 1:
                continue  # the other end of the interval, which may be passed
            with pytest.raises(LevelError):
                loaded(path, beyond)
