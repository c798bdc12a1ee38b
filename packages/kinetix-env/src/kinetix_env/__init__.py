"""Open-ended 2D physics tasks for reinforcement learning. Start with `make`; the tour is in the README.

Make the green shape touch the blue one, never the red one, in any level that a few shapes, joints, motors and
thrusters can make (the task space of Kinetix, arXiv:2410.23208).

The names are imported when they are first asked for: the command's `--help` need not wait for JAX."""

from typing import TYPE_CHECKING

from jax2d.lazy import lazy_names

if TYPE_CHECKING:
    from .environments import make as make
    from .errors import ActionError as ActionError
    from .errors import ConfigError as ConfigError
    from .errors import KinetixError as KinetixError
    from .errors import KinetixWarning as KinetixWarning
    from .errors import LevelError as LevelError
    from .errors import PluginError as PluginError
    from .errors import UnknownNameError as UnknownNameError
    from .level.level import Level as Level
    from .level.level import Role as Role
    from .level.level import empty_level as empty_level
    from .level.pool import LevelPool as LevelPool
    from .task.env import Info as Info
    from .task.env import KinetixEnv as KinetixEnv
    from .task.env_state import EnvState as EnvState
    from .task.env_state import Transition as Transition
    from .task.protocols import Outcome as Outcome
    from .task.wrappers import AutoReset as AutoReset
    from .task.wrappers import EpisodeStats as EpisodeStats

__all__ = [
    "ActionError",
    "AutoReset",
    "ConfigError",
    "EnvState",
    "EpisodeStats",
    "Info",
    "KinetixEnv",
    "KinetixError",
    "KinetixWarning",
    "Level",
    "LevelError",
    "LevelPool",
    "Outcome",
    "PluginError",
    "Role",
    "Transition",
    "UnknownNameError",
    "empty_level",
    "make",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "task.env": ("Info", "KinetixEnv"),
        "task.env_state": ("EnvState", "Transition"),
        "environments": ("make",),
        "errors": (
            *("ActionError", "ConfigError", "KinetixError", "KinetixWarning"),
            *("LevelError", "PluginError", "UnknownNameError"),
        ),
        "level.level": ("Level", "Role", "empty_level"),
        "level.pool": ("LevelPool",),
        "task.protocols": ("Outcome",),
        "task.wrappers": ("AutoReset", "EpisodeStats"),
    },
)
