"""Bodies connected by joints do not collide but touch where they overlap; ghosts touch walls only."""

import json
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from kinetix_env import make
from kinetix_env.levels import loads, stack

CIRCLES = (("g", [2.0, 2.0], "green"), ("b", [2.1, 2.0], "blue"), ("far", [4.0, 3.0], "none"))


def level(links: list[tuple[str, str]], blue: dict[str, Any]) -> Any:
    """A green and a blue circle that overlap, with fixed joints between some bodies."""
    bodies = [
        {"name": name, "shape": "circle", "radius": 0.2, "position": place, "role": role}
        for name, place, role in CIRCLES
    ]
    bodies[1] |= blue
    joints = [{"type": "fixed", "a": a, "b": b, "at": [3.0, 2.0]} for a, b in links]
    document = {"format": "kinetix-level/1", "size": "m", "bodies": bodies, "joints": joints}
    return loads(json.dumps(document)).level


def test_green_touches_blue_where_they_overlap_joined_or_not() -> None:
    levels = {
        "free": level([], {}),
        "joined": level([("g", "b")], {}),
        "joined through a chain": level([("g", "far"), ("far", "b")], {}),
        "apart": level([("g", "b")], {"position": [2.5, 2.0]}),
        "ghost": level([], {"ghost": True}),
    }
    env = make("kinetix-m")
    states = jax.vmap(env.start)(stack(list(levels.values())))
    actions = jnp.zeros((len(levels), 6), jnp.int32)
    _, _, info = jax.jit(jax.vmap(env.advance))(states, actions)
    solved = dict(zip(levels, np.asarray(info.solved).tolist(), strict=True))
    assert solved == {"free": True, "joined": True, "joined through a chain": True, "apart": False, "ghost": False}
