"""What both adapters take: an environment by size or name with its parts, how it is drawn, the options of `reset`."""

from collections.abc import Iterable, Mapping
from typing import Any

import jax
from gymnasium import spaces

from jax2d import Capacity

from ..environments import make
from ..errors import ConfigError, unknown
from ..level.level import empty_level
from ..level.sizes import SIZES
from ..task.env import KinetixEnv
from .spaces import observation_space_of

__all__ = ["MODES", "check_options", "check_render_mode", "made", "metadata_of", "observation_space"]

MODES = ("rgb_array",)  # render modes


def made(size: str | Capacity, parts: Mapping[str, Any]) -> KinetixEnv:
    """The environment of a size (`s`, `m`, `l`), a name, counts or a capacity; `parts` are the rest of `make`'s."""
    return make(f"kinetix-{size}" if isinstance(size, str) and size in SIZES else size, **parts)


def observation_space(env: KinetixEnv) -> spaces.Space[Any]:
    """The Gymnasium space of the observation of one episode."""
    shapes = jax.eval_shape(lambda: env.observation(env.start(empty_level(env.engine.capacity))))
    return observation_space_of(shapes, getattr(env.observation, "bounds", None))


def metadata_of(env: KinetixEnv) -> dict[str, Any]:
    """Gymnasium's metadata; a film of one frame per step runs in real time."""
    return {"render_modes": list(MODES), "render_fps": round(1 / (env.frame_skip * env.engine.params.dt))}


def check_render_mode(mode: str | None) -> str | None:
    """The mode, or a `ConfigError`."""
    if mode is not None and mode not in MODES:
        raise ConfigError(f"render_mode must be {' or '.join(map(repr, MODES))} or None, got {mode!r}.")
    return mode


def check_options(options: Mapping[str, Any] | None, known: Iterable[str]) -> Mapping[str, Any]:
    """The options of a `reset`; a `ConfigError` if they are none of the known ones."""
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise ConfigError(f"The options of reset must be a dict, got {type(options).__name__}.")
    for name in options:
        if name not in known:
            raise ConfigError(unknown("reset option", str(name), known))
    return options
