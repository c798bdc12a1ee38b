"""The settings of PPO."""

import math
from dataclasses import dataclass

from kinetix_env.config import (
    check_flags,
    check_integer,
    check_integers,
    check_number,
    check_numbers,
    checks_its_fields,
)
from kinetix_env.errors import ConfigError

__all__ = ["PPOConfig"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class PPOConfig:
    """Proximal policy optimisation (arXiv:1707.06347). The defaults are for a few CPU cores and a small network.

    The published agents (arXiv:2410.23208) were trained on GPUs with 2048 environments, 256 steps, 8 epochs, 32
    minibatches, a learning rate of 5e-5, lambda 0.9 and a clipped value loss; the other values are theirs.
    docs/training.md explains the differences.
    """

    envs: int = 512  # number of parallel environments, over all devices
    steps: int = 64  # rollout length: steps per environment and update
    epochs: int = 3  # passes over each rollout
    minibatches: int = 8  # minibatches per epoch; each holds the whole rollouts of some environments
    learning_rate: float = 1e-3  # initial learning rate of Adam
    anneal: bool = True  # anneal the learning rate linearly to 0 over the run
    discount: float = 0.995  # discount factor gamma, per environment step
    gae_lambda: float = 0.97  # GAE lambda: 0 gives one-step TD errors, 1 Monte Carlo returns
    bootstrap_timeouts: bool = True  # add the value of the state in which the time limit cuts an episode off; else 0
    clip: float = 0.2  # PPO clip range of the probability ratio
    clip_value: bool = False  # clip the value loss too, by the same range
    entropy_weight: float = 0.01  # coefficient of the entropy bonus
    value_weight: float = 0.5  # coefficient of the value loss
    max_grad_norm: float = 1.0  # clip gradients to this global norm
    adam_eps: float = 1e-5  # epsilon of Adam
    normalize_advantages: bool = True  # normalize the advantages of each minibatch
    probe_steps: int = 512  # rollout length when a curriculum evaluates candidate levels
    groups: int | None = None  # groups of environments, each with its own curriculum; by default one per device

    def __post_init__(self) -> None:
        check_integers(self, ("envs", "steps", "epochs", "minibatches", "probe_steps"), 1)
        check_integer(self, "groups", 1, optional=True)
        for name in ("learning_rate", "clip"):
            check_number(self, name, 0, 1, exclusive=True)
        check_numbers(self, ("discount", "gae_lambda", "adam_eps"), 0, 1)
        check_numbers(self, ("entropy_weight", "value_weight"))
        if self.max_grad_norm != math.inf:
            check_number(self, "max_grad_norm", exclusive=True)
        check_flags(self, ("bootstrap_timeouts", "anneal", "clip_value", "normalize_advantages"))
        self.check_devices(1)

    def check_devices(self, devices: int) -> None:
        """Raise `ConfigError` if the environments do not divide evenly over this number of devices and minibatches."""
        groups, what = (devices, "device") if self.groups is None else (self.groups, "group")
        if groups % devices:
            raise ConfigError(
                f"PPOConfig.groups must be a multiple of the number of devices, {devices}, got {groups}; "
                "--device-count sets the number of devices."
            )
        if self.envs % (groups * self.minibatches):
            raise ConfigError(
                f"PPOConfig.envs must be a multiple of {what}s x minibatches, {groups} x {self.minibatches} = "
                f"{groups * self.minibatches}, because every minibatch takes equally many environments of each {what}; "
                f"got {self.envs}."
            )

    @property
    def batch(self) -> int:
        """Environment steps per update."""
        return self.envs * self.steps
