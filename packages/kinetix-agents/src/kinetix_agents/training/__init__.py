"""A training run: its configuration, its folder, and the training loop."""

from .checkpoints import Checkpoints as Checkpoints
from .config import RunConfig as RunConfig
from .run import train as train

__all__ = ["Checkpoints", "RunConfig", "train"]
