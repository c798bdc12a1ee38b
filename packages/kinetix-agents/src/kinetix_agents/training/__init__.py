"""A training run: its configuration, its folder, and the training loop.

The names are imported when they are first asked for: flags are made from `RunConfig` without Orbax."""

from typing import TYPE_CHECKING

from jax2d.lazy import lazy_names

if TYPE_CHECKING:
    from .checkpoints import Checkpoints as Checkpoints
    from .config import RunConfig as RunConfig
    from .run import train as train

__all__ = ["Checkpoints", "RunConfig", "train"]

__getattr__, __dir__ = lazy_names(
    __name__, {"checkpoints": ("Checkpoints",), "config": ("RunConfig",), "run": ("train",)}
)
