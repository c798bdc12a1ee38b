"""Proximal policy optimisation (PPO) on levels chosen by a curriculum, on one device or several.

The names are imported when they are first asked for: flags are made from `PPOConfig` without Optax."""

from typing import TYPE_CHECKING

from jax2d.lazy import lazy_names

if TYPE_CHECKING:
    from .config import PPOConfig as PPOConfig
    from .ppo import PPO as PPO
    from .state import TrainState as TrainState

__all__ = ["PPO", "PPOConfig", "TrainState"]

__getattr__, __dir__ = lazy_names(__name__, {"config": ("PPOConfig",), "ppo": ("PPO",), "state": ("TrainState",)})
