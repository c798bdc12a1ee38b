"""The levels that no-op solves: no motor or thruster acts, except motors that run automatically."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Int

from jax2d import Contacts, Engine, State

from ..level.level import Level
from ..level.physics import params_of
from ..task.verdict import Verdict, contact_meaning, present_roles

__all__ = ["solved_by_doing_nothing"]


class Play(NamedTuple):
    """Levels being played."""

    step: Int[Array, ""]  # engine steps taken
    state: State  # of the engine
    verdict: Verdict  # arrays are [lane]


def solved_by_doing_nothing(engine: Engine, levels: Level, steps: int) -> Bool[Array, " lane"]:
    """Mask of the levels that no-op solves within `steps` engine steps; stops early once all are decided."""
    meaning = jax.vmap(lambda level: contact_meaning(engine.capacity, present_roles(level)))(levels)
    auto = levels.motor_auto.astype(jnp.float32)
    action = jnp.concatenate([auto, jnp.zeros((len(auto), engine.capacity.actions - engine.capacity.joints))], axis=1)

    def step(level: Level, state: State, action: jax.Array) -> tuple[State, Contacts]:
        return engine.step(level.scene, state, action, params_of(level, engine.params))

    def advance(play: Play) -> Play:
        state, contacts = jax.vmap(step)(levels, play.state, action)
        return Play(play.step + 1, state, jax.vmap(Verdict.after)(play.verdict, meaning, contacts.active))

    def undecided(play: Play) -> Array:
        return (play.step < steps) & jnp.any(play.verdict.open)

    none = jnp.zeros(len(auto), bool)
    start = Play(jnp.asarray(0), levels.state, Verdict(solved=none, failed=none))
    return lax.while_loop(undecided, advance, start).verdict.solved
