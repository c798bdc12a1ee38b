"""Levels of size S for the search: each can be solved in one way, or in none. All share one program."""

from typing import Any

import equinox as eqx

from jax2d import SceneBuilder
from kinetix_env import Level, Role, empty_level, make
from kinetix_env.level import SIZES
from kinetix_env.search import SearchResult, solve

ENV = make(SIZES["s"])
GREEN, BLUE = (1.5, 0.65), (3.5, 0.65)  # m, where the balls lie


def search(level: Level, **settings: Any) -> SearchResult:
    """Run the search on a level."""
    return solve(ENV, level, **settings)


def rocket(*, thruster: bool = True, role: Role = Role.GREEN, wall: bool = False, above: bool = False) -> Level:
    """A green ball with a thruster that pushes it to the right, towards a blue ball that lies still.

    With `wall`, a pillar from floor to ceiling stands between them; `above`, the green ball falls onto the blue one.
    """
    builder = SceneBuilder(SIZES["s"])
    green = builder.circle((BLUE[0], 2.0) if above else GREEN, radius=0.25, friction=0.0)
    blue = builder.circle(BLUE, radius=0.25, immovable=True)
    if wall:
        builder.box((2.5, 2.7), width=0.2, height=4.6, immovable=True)
    if thruster:
        builder.thruster(green, angle=0.0, power=0.5)
    scene, state = builder.build()
    level = empty_level(SIZES["s"])
    roles = level.role.at[green].set(role).at[blue].set(Role.BLUE)
    return eqx.tree_at(lambda level: (level.scene, level.state, level.role), level, (scene, state, roles))
