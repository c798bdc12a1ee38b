"""What training remembers from one update to the next."""

from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, Bool, Float, Int, Key, PRNGKeyArray

from kinetix_env import EnvState

__all__ = ["Rows", "TrainState", "first_keys"]


class Rows(eqx.Module):
    """The environments of one device, or of all, and what is known about their episodes under way."""

    state: EnvState
    obs: Any
    carry: Any  # the policy's memory
    tickets: Any  # of the levels being played, as the curriculum gave them
    begins: Bool[Array, " env"]  # the next step is the first of its episode
    episode_return: Float[Array, " env"]
    counts: Bool[Array, " env"]  # the level being played was chosen by the curriculum


class TrainState(eqx.Module):
    """Everything that an update reads and changes; a pytree of arrays, to be saved as it is."""

    params: Any  # of the policy
    opt_state: Any  # of Adam
    updates: Int[Array, ""]
    rows: Rows  # split over the devices
    curriculum: Any  # a memory for each group of environments, along the first axis; split over the devices


def first_keys(key: PRNGKeyArray) -> Key[Array, " 2"]:
    """From the key of a first state: that of the policy's parameters, and that of all else."""
    return jax.random.split(key)
