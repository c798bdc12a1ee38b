"""Broadcasting between arrays of different ranks, whatever the setting `jax_numpy_rank_promotion`.

With that setting JAX can forbid it, to find mistakes in a program's own code. Ours broadcasts on purpose, so its public
functions allow it while they run or are traced."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import jax

__all__ = ["broadcasts"]

P = ParamSpec("P")
R = TypeVar("R")


def broadcasts(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function that broadcasts between ranks."""

    @wraps(function)
    def allowed(*args: P.args, **kwargs: P.kwargs) -> R:
        if jax.config.values["jax_numpy_rank_promotion"] == "allow":  # the default, which costs nothing
            return function(*args, **kwargs)
        with jax.numpy_rank_promotion("allow"):
            return function(*args, **kwargs)

    return allowed
