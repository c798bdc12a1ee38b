"""An episode under way."""

import equinox as eqx
from jaxtyping import Array, Bool, Float, Int

from jax2d import State

from ..level.level import Level

__all__ = ["EnvState", "Transition"]


class EnvState(eqx.Module):
    """The level being played and how far it has come. One batch plays as many levels as it has rows."""

    level: Level
    physics: State
    touching: Bool[Array, " contact"]  # the contacts of the last engine step; rows of `jax2d.contact_slots`
    time: Int[Array, ""]  # environment steps taken
    distance: Float[Array, ""]  # m, sum over the pairs of a green and a blue shape
    done: Bool[Array, ""]  # the episode is over: steps give no more reward


class Transition(eqx.Module):
    """What a reward is made from: one environment step."""

    solved: Bool[Array, ""]  # green touched blue, and the episode ended
    failed: Bool[Array, ""]  # green touched red, and the episode ended
    first: Bool[Array, ""]  # the first step of its episode
    distance_before: Float[Array, ""]  # m, sum over the pairs of a green and a blue shape
    distance_after: Float[Array, ""]  # m, in the engine step that ended the episode, or the last one
