"""From what happened in a rollout to what a curriculum is told about each level."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from kinetix_env.protocols import Outcome

from .rollout import Trajectory

__all__ = ["outcome_of", "running_and_selected"]


def outcome_of(played: Trajectory, advantage: Float[Array, "time env"], counts: Bool[Array, "time env"]) -> Outcome:
    """How each environment did in the steps that count."""
    ended = played.done & counts
    episodes = ended.sum(0)
    most = jnp.where(ended, played.episode_return, -jnp.inf).max(0)
    return Outcome(
        success_rate=_mean(played.solved.astype(jnp.float32), ended),
        episodes=episodes,
        mean_return=_mean(played.episode_return, ended),
        max_return=jnp.where(episodes > 0, most, 0.0),
        mean_value=_mean(played.value, counts),
        positive_value_loss=_mean(jnp.maximum(advantage, 0.0), counts),
    )


def running_and_selected(
    played: Trajectory, advantage: Float[Array, "time env"], counts: Bool[Array, " env"]
) -> tuple[Outcome, Bool[Array, "time env"]]:
    """Two rows an environment, on the level it had been playing and on the one selected for it; which steps count.

    `counts` is false where what had been played is nothing that a curriculum chose.
    """
    done = played.done.astype(jnp.int32)
    selected = jnp.cumsum(done, axis=0) - done > 0  # it had come to an end before the step
    first, second = outcome_of(played, advantage, ~selected & counts), outcome_of(played, advantage, selected)
    both = Outcome(**{name: jnp.concatenate([getattr(first, name), getattr(second, name)]) for name in _FIELDS})
    return both, selected | counts


_FIELDS = ("success_rate", "episodes", "mean_return", "max_return", "mean_value", "positive_value_loss")


def _mean(values: Float[Array, "time env"], where: Bool[Array, "time env"]) -> Float[Array, " env"]:
    count = jnp.maximum(where.sum(0), 1).astype(jnp.float32)
    return jnp.where(where, values, 0.0).sum(0) / count
