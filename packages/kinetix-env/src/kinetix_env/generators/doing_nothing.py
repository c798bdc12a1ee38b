"""What becomes of levels if nobody does anything: solved, failed or neither, within some steps.

Green touching blue solves a level, green touching red fails it, whatever comes first; red wins in the same engine
step."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool

from jax2d import Capacity, Engine, State, contact_slots

from ..level.level import Level, Role

__all__ = ["solved_by_doing_nothing"]


class Play(NamedTuple):
    """Levels being played."""

    step: Array
    state: State
    solved: Bool[Array, " lane"]
    over: Bool[Array, " lane"]


def solved_by_doing_nothing(engine: Engine, levels: Level, steps: int) -> Bool[Array, " lane"]:
    """Which of some levels (stacked) are solved within so many engine steps. Ends early if all are decided."""
    goal, trap = (_contacts_between(engine.capacity, levels, role) for role in (Role.BLUE, Role.RED))
    joints = engine.capacity.joints
    auto = levels.motor_auto.astype(jnp.float32)
    action = jnp.concatenate([auto, jnp.zeros((len(auto), engine.capacity.actions - joints))], axis=1)

    def advance(play: Play) -> Play:
        state, contacts = jax.vmap(engine.step)(levels.scene, play.state, action)
        failed = jnp.any(contacts.active & trap, axis=1)
        now = jnp.any(contacts.active & goal, axis=1)
        solved = play.solved | (now & ~failed & ~play.over)
        return Play(play.step + 1, state, solved, play.over | now | failed)

    def undecided(play: Play) -> Array:
        return (play.step < steps) & ~jnp.all(play.over)

    none = jnp.zeros(len(auto), bool)
    return lax.while_loop(undecided, advance, Play(jnp.asarray(0), levels.state, none, none)).solved


def _contacts_between(capacity: Capacity, levels: Level, other: Role) -> Bool[Array, "lane contact"]:
    """Which contact slots lie between a green shape and one of another role."""
    slots = contact_slots(capacity)
    a, b = levels.role[:, slots.body_a], levels.role[:, slots.body_b]
    return ((a == Role.GREEN) & (b == other)) | ((a == other) & (b == Role.GREEN))
