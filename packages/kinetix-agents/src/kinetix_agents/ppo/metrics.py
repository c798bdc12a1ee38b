"""Metrics of the episodes of an update."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from .rollout import Trajectory

__all__ = ["update_metrics"]


def update_metrics(
    played: Trajectory, advantage: Float[Array, "time env"], counted: Bool[Array, "time env"], axis: str
) -> dict[str, Array]:
    """Return means over the finished episodes on all devices, and the explained variance of the value function.

    `counted` is true for the steps on levels that the curriculum selected.
    """
    ended = played.done & counted

    def total(values: Array) -> Array:
        summed: Array = jax.lax.psum(values.astype(jnp.float32).sum(), axis)  # type: ignore[no-untyped-call]
        return summed

    episodes = total(ended)
    divisor = jnp.maximum(episodes, 1.0)
    target = advantage + played.value
    count = total(jnp.ones_like(target))
    mean = total(target) / count
    variance = total(jnp.square(target - mean)) / count
    return {
        "solve_rate": total(ended & played.solved) / divisor,
        "episodes": episodes,
        "episode_return": total(jnp.where(ended, played.episode_return, 0.0)) / divisor,
        "episode_length": total(jnp.where(ended, played.length, 0)) / divisor,
        "explained_variance": 1.0 - total(jnp.square(advantage)) / count / jnp.maximum(variance, 1e-8),
    }
