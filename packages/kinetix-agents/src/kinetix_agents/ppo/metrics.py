"""What there is to tell about the episodes of an update."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from .rollout import Trajectory

__all__ = ["update_metrics"]


def update_metrics(
    played: Trajectory, advantage: Float[Array, "time env"], counted: Bool[Array, "time env"], axis: str
) -> dict[str, Array]:
    """Means over the episodes that ended and count, on all devices, and how well returns were foreseen."""
    ended = played.done & counted

    def total(values: Array) -> Array:
        added: Array = jax.lax.psum(values.astype(jnp.float32).sum(), axis)  # type: ignore[no-untyped-call]
        return added

    episodes = total(ended)
    each = jnp.maximum(episodes, 1.0)
    target = advantage + played.value
    count = total(jnp.ones_like(target))
    mean = total(target) / count
    variance = total(jnp.square(target - mean)) / count
    return {
        "solve_rate": total(ended & played.solved) / each,
        "episodes": episodes,
        "episode_return": total(jnp.where(ended, played.episode_return, 0.0)) / each,
        "episode_length": total(jnp.where(ended, played.length, 0)) / each,
        "explained_variance": 1.0 - total(jnp.square(advantage)) / count / jnp.maximum(variance, 1e-8),
    }
