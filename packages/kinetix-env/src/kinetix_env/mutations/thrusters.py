"""Adding and removing thrusters."""

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from ..generators.draft import put
from ..generators.draws import ThrusterDraws, named
from ..generators.settings import Settings
from ..generators.thrusters import draw_thruster
from ..level.level import Level
from .common import any_of, finish, free_row, open_draft, present_shapes

__all__ = ["add_thruster", "remove_thruster"]


def add_thruster(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Add a thruster to a random movable shape; needs one, and a free slot."""
    draft = open_draft(level)
    if not level.capacity.thrusters:
        return level
    draws = named(ThrusterDraws, jax.random.uniform(key, (len(ThrusterDraws._fields),)))
    row, possible = draw_thruster(config, draft, draws, present_shapes(level, draft))
    slot = free_row(draft.thrusters[0])
    return finish(level, draft._replace(thrusters=put(draft.thrusters, slot, row)), possible & jnp.any(slot))


def remove_thruster(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Remove a random thruster."""
    draft = open_draft(level)
    gone = any_of(key, draft.thrusters[0] > 0)
    left = jnp.where(gone, 0.0, draft.thrusters)
    return finish(level, draft._replace(thrusters=left), jnp.any(gone))
