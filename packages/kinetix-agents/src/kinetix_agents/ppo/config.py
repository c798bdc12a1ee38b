"""The settings of PPO."""

import math
from dataclasses import dataclass

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
        for name in ("envs", "steps", "epochs", "minibatches", "probe_steps"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ConfigError(f"PPOConfig.{name} must be an integer of at least 1, got {value!r}.")
        if self.groups is not None and (not isinstance(self.groups, int) or self.groups < 1):
            raise ConfigError(f"PPOConfig.groups must be an integer of at least 1, or None, got {self.groups!r}.")
        for name, most in _MOST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
                raise ConfigError(f"PPOConfig.{name} must be a number from 0 to {most:g}, got {value!r}.")
        for name in ("learning_rate", "max_grad_norm", "clip"):
            if getattr(self, name) == 0:
                raise ConfigError(f"PPOConfig.{name} must be above 0, got 0.")
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


_MOST = {
    "learning_rate": 1.0,
    "discount": 1.0,
    "gae_lambda": 1.0,
    "clip": 1.0,
    "entropy_weight": math.inf,
    "value_weight": math.inf,
    "max_grad_norm": math.inf,
    "adam_eps": 1.0,
}
