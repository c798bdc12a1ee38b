"""Proximal policy optimisation (PPO) on levels chosen by a curriculum, on one device or several."""

from .config import PPOConfig as PPOConfig
from .ppo import PPO as PPO
from .state import TrainState as TrainState

__all__ = ["PPO", "PPOConfig", "TrainState"]
