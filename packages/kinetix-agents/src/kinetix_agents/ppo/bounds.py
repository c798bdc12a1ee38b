"""Bounds of bootstrapped values, for episodes that the time limit cuts off after a few steps.

Where an episode is cut off, the value of its last state stands for all that would have come. That state is never played
on from, so its value is what the network extrapolates. If the time limit ends nearly every episode, and soon, little
else holds the values: each update adds what was extrapolated to the targets, from which more is extrapolated, and
expected returns run away. Nothing then limits them but what the reward can give.

The value at the end of an episode of `horizon` steps has the weight (gamma lambda)^horizon in the target of its first
step. Where that is more than `DOMINANT`, bootstrapped values are clipped to the bounds that the reward states with its
method `bounds`, as all rewards of kinetix-env do."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from jax2d.boundary import WORLD_SIZE
from kinetix_env import EnvState, KinetixEnv
from kinetix_env.level import Role

from .config import PPOConfig

__all__ = ["DOMINANT", "bounded", "has_bounds"]

DOMINANT = 0.5  # weight of a bootstrapped value; with the default settings that of 19 steps
DIAGONAL = 2**0.5 * WORLD_SIZE  # m, the largest distance in the room


def has_bounds(env: KinetixEnv, config: PPOConfig) -> bool:
    """Whether bootstrapped values are to be clipped: episodes are short, and the reward states its bounds."""
    short = (config.discount * config.gae_lambda) ** env.horizon > DOMINANT
    return short and hasattr(env.reward, "bounds")


def bounded(env: KinetixEnv, state: EnvState, value: Float[Array, " env"]) -> Float[Array, " env"]:
    """Clip values to the least and the most that an episode can still give in each state."""

    def bounds(state: EnvState) -> tuple[Array, Array]:
        role = jnp.where(state.level.scene.active, state.level.role, Role.NONE)
        pairs = ((role == Role.GREEN).sum() * (role == Role.BLUE).sum()).astype(jnp.float32)
        reward: object = env.reward
        found: tuple[Array, Array] = reward.bounds(state.distance, DIAGONAL * pairs)  # type: ignore[attr-defined]
        return found

    low, high = jax.vmap(bounds)(state)
    return jnp.clip(value, low, high)
