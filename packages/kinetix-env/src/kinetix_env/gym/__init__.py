"""Kinetix for Gymnasium: `kinetix/S-v0`, `kinetix/M-v0` and `kinetix/L-v0`, one episode at a time or a batch of them.

    import gymnasium
    import kinetix_env.gym  # this import registers the names

    env = gymnasium.make("kinetix/S-v0", levels="suite:s")
    envs = gymnasium.make_vec("kinetix/S-v0", num_envs=256)

Since version 1.0 Gymnasium looks for no plugins: it knows the environments of the modules that were imported. Written
as `kinetix_env.gym:kinetix/S-v0`, a name has Gymnasium import this module by itself. JAX is imported when the first
environment is made, and not before."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

try:
    import gymnasium
except ImportError as error:
    raise ImportError(
        "kinetix_env.gym needs Gymnasium: pip install gymnasium (the extra 'gym' of kinetix-env)."
    ) from error

if TYPE_CHECKING:
    from .single import KinetixGymEnv as KinetixGymEnv
    from .vector import KinetixVectorEnv as KinetixVectorEnv

__all__ = ["IDS", "KinetixGymEnv", "KinetixVectorEnv"]

IDS = {f"kinetix/{size.upper()}-v0": f"kinetix-{size}" for size in ("s", "m", "l")}  # and the environment's own name

_MODULES = {"KinetixGymEnv": "single", "KinetixVectorEnv": "vector"}

for _id, _name in IDS.items():
    if _id not in gymnasium.registry:
        gymnasium.register(
            _id,
            entry_point=f"{__name__}.single:KinetixGymEnv",
            vector_entry_point=f"{__name__}.vector:KinetixVectorEnv",
            kwargs={"size": _name},
        )


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
