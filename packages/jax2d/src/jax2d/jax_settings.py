"""Everything here is float32 and broadcasts between arrays of different ranks, whatever the user has set in JAX.

With `jax_enable_x64` new arrays are float64, and with `jax_numpy_rank_promotion` broadcasting can be an error: both are
meant for a program's own code. Ours relies on the defaults, so its public functions have them while they run or are
traced."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import jax

__all__ = ["default_settings"]

P = ParamSpec("P")
R = TypeVar("R")


def default_settings(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function that needs JAX's default precision and rank promotion."""

    @wraps(function)
    def under_them(*args: P.args, **kwargs: P.kwargs) -> R:
        now = jax.config.values
        if now["jax_numpy_rank_promotion"] == "allow" and not now["jax_enable_x64"]:  # the defaults, which cost nothing
            return function(*args, **kwargs)
        with jax.numpy_rank_promotion("allow"), jax.enable_x64(False):
            return function(*args, **kwargs)

    return under_them
