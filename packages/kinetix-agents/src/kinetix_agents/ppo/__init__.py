"""Proximal policy optimisation on levels that a curriculum chooses, on one device or many."""

from .config import PPOConfig as PPOConfig
from .ppo import PPO as PPO
from .state import TrainState as TrainState

__all__ = ["PPO", "PPOConfig", "TrainState"]
