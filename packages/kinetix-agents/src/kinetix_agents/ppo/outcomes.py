"""Outcomes of levels, as reported to a curriculum, from a rollout."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from kinetix_env.protocols import Outcome

from .rollout import Trajectory

__all__ = ["outcome_of", "running_and_selected"]


def outcome_of(played: Trajectory, advantage: Float[Array, "time env"], where: Bool[Array, "time env"]) -> Outcome:
    """Return the outcome of each environment over the steps where `where` is true."""
    ended = played.done & where
    episodes = ended.sum(0)
    most = jnp.where(ended, played.episode_return, -jnp.inf).max(0)
    return Outcome(
        success_rate=_mean(played.solved.astype(jnp.float32), ended),
        episodes=episodes,
        mean_return=_mean(played.episode_return, ended),
        max_return=jnp.where(episodes > 0, most, 0.0),
        mean_value=_mean(played.value, where),
        positive_value_loss=_mean(jnp.maximum(advantage, 0.0), where),
    )


def running_and_selected(
    played: Trajectory, advantage: Float[Array, "time env"], has_curriculum_level: Bool[Array, " env"]
) -> tuple[Outcome, Bool[Array, "time env"]]:
    """Return two outcomes per environment, [2 x env], and which steps they count, [time, env].

    The first half is for the level that an environment was playing when the rollout began, the second half for the
    level selected for it since. `has_curriculum_level` is false where the first one was not chosen by the curriculum.
    """
    done = played.done.astype(jnp.int32)
    selected = jnp.cumsum(done, axis=0) - done > 0  # an episode ended before this step
    first = outcome_of(played, advantage, ~selected & has_curriculum_level)
    second = outcome_of(played, advantage, selected)
    both = Outcome(**{name: jnp.concatenate([getattr(first, name), getattr(second, name)]) for name in _FIELDS})
    return both, selected | has_curriculum_level


_FIELDS = ("success_rate", "episodes", "mean_return", "max_return", "mean_value", "positive_value_loss")


def _mean(values: Float[Array, "time env"], where: Bool[Array, "time env"]) -> Float[Array, " env"]:
    count = jnp.maximum(where.sum(0), 1).astype(jnp.float32)
    return jnp.where(where, values, 0.0).sum(0) / count
