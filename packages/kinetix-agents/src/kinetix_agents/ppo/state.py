"""The state that training carries from one update to the next.

The names of all fields are paths in checkpoints: renaming one makes saved runs unreadable."""

from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, Bool, Float, Int, Key, PRNGKeyArray

from kinetix_env import EnvState

from .rollout import RolloutState

__all__ = ["Rows", "TrainState", "first_keys"]


class Rows(eqx.Module):
    """The environments of one device, or of all, in the middle of their episodes; one row per environment."""

    state: EnvState
    obs: Any
    carry: Any  # of the policy
    tickets: Any  # the curriculum's identifiers of the levels being played
    begins: Bool[Array, " env"]  # the next step is the first of its episode
    episode_return: Float[Array, " env"]  # sum of the episode's rewards so far
    counts: Bool[Array, " env"]  # the level being played was chosen by the curriculum

    @classmethod
    def of(cls, rollout: RolloutState, level_ids: Any, counts: Bool[Array, " env"]) -> "Rows":
        """The rows of a rollout state, for a checkpoint."""
        return cls(
            state=rollout.state,
            obs=rollout.obs,
            carry=rollout.carry,
            tickets=level_ids,
            begins=rollout.is_first,
            episode_return=rollout.episode_return,
            counts=counts,
        )

    @property
    def rollout(self) -> RolloutState:
        """The rollout state from which to play on."""
        return RolloutState(
            state=self.state,
            obs=self.obs,
            carry=self.carry,
            is_first=self.begins,
            episode_return=self.episode_return,
        )


class TrainState(eqx.Module):
    """Everything that an update reads and changes, as a pytree of arrays; checkpoints store it unchanged."""

    params: Any  # of the policy
    opt_state: Any  # of Adam
    updates: Int[Array, ""]  # number of updates so far
    rows: Rows  # sharded over the devices
    curriculum: Any  # one curriculum state per group of environments, along the first axis; sharded over the devices


def first_keys(key: PRNGKeyArray) -> Key[Array, " 2"]:
    """Split the key of an initial state into one for the policy's parameters and one for everything else."""
    return jax.random.split(key)
