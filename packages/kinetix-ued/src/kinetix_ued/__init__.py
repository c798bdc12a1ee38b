"""Curricula, which choose the levels that an agent trains on next. docs/curricula.md compares them.

Each is a registered config whose `build(generator, levels)` returns a `kinetix_env.protocols.Curriculum`. Names are
imported on first access, so that the command's `--help` does not load JAX."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .buffer import LevelBuffer as LevelBuffer
    from .plr import PLR as PLR
    from .replay import Replay as Replay
    from .robust import ACCEL as ACCEL
    from .robust import RobustPLR as RobustPLR
    from .sfl import SFL as SFL

__all__ = ["ACCEL", "PLR", "SFL", "LevelBuffer", "Replay", "RobustPLR"]

_MODULE_OF = {
    "ACCEL": "robust",
    "LevelBuffer": "buffer",
    "PLR": "plr",
    "Replay": "replay",
    "RobustPLR": "robust",
    "SFL": "sfl",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
