"""What this package registers, through the same hooks as everybody else.

The imports are inside the hooks, so that a command that needs no JAX does not wait for it."""

from typing import Any

from kinetix_env.plugins import hookimpl


@hookimpl
def kinetix_curricula() -> list[type[Any]]:
    """Those that learn from how levels went."""
    from .plr import PLR
    from .robust import ACCEL, RobustPLR
    from .sfl import SFL

    return [SFL, PLR, RobustPLR, ACCEL]
