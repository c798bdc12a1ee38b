"""The settings of PPO."""

import math
from dataclasses import dataclass

from kinetix_env.config import check_integer, check_integers, check_number, check_numbers
from kinetix_env.errors import ConfigError

__all__ = ["PPOConfig"]


@dataclass(frozen=True, kw_only=True)
class PPOConfig:
    """Proximal policy optimisation (arXiv:1707.06347). The defaults are for a few CPU cores and a small network.

    The published agents (arXiv:2410.23208) were trained on GPUs with 2048 environments, 256 steps, 8 epochs, 32
    minibatches, a learning rate of 5e-5, lambda 0.9 and a clipped value loss; the other values are theirs.
    docs/training.md says what the differences are for.
    """

    envs: int = 512  # environments side by side, over all devices
    steps: int = 64  # of each environment an update
    epochs: int = 3  # times that each update learns from its steps
    minibatches: int = 8  # an epoch; each holds whole environments
    learning_rate: float = 1e-3  # of Adam, at the start
    anneal: bool = True  # let it fall to 0 by the end of training, in a straight line
    discount: float = 0.995  # gamma, an environment step
    gae_lambda: float = 0.97  # 0 trusts the expected returns, 1 those that were seen
    clip: float = 0.2  # how far the probability of an action may move, as a share
    clip_value: bool = False  # hold back the expected returns by the same number
    entropy_weight: float = 0.01
    value_weight: float = 0.5
    max_grad_norm: float = 1.0  # longer gradients are shortened to it
    adam_eps: float = 1e-5
    normalize_advantages: bool = True  # in each minibatch
    probe_steps: int = 512  # environment steps that a curriculum's candidates are played for
    groups: int | None = None  # of environments, each with a curriculum of its own; by default one for each device

    def __post_init__(self) -> None:
        check_integers(self, ("envs", "steps", "epochs", "minibatches", "probe_steps"), 1)
        check_integer(self, "groups", 1, optional=True)
        for name in ("learning_rate", "clip"):
            check_number(self, name, 0, 1, exclusive=True)
        check_numbers(self, ("discount", "gae_lambda", "adam_eps"), 0, 1)
        check_numbers(self, ("entropy_weight", "value_weight"))
        if self.max_grad_norm != math.inf:
            check_number(self, "max_grad_norm", exclusive=True)
        self.check_devices(1)

    def check_devices(self, devices: int) -> None:
        """Refuse a batch that so many devices cannot share."""
        groups, what = (devices, "device") if self.groups is None else (self.groups, "group")
        if groups % devices:
            raise ConfigError(
                f"PPOConfig.groups must be a multiple of the number of devices, {devices}, got {groups}; "
                "--device-count takes fewer."
            )
        if self.envs % (groups * self.minibatches):
            raise ConfigError(
                f"PPOConfig.envs must be a multiple of {what}s x minibatches, {groups} x {self.minibatches} = "
                f"{groups * self.minibatches}, for every minibatch has the same number of environments of each "
                f"{what}; got {self.envs}."
            )

    @property
    def batch(self) -> int:
        """Environment steps an update."""
        return self.envs * self.steps
