"""What this package registers, through the same hooks as any plugin.

The imports are inside the hooks, so that a command that does not need JAX does not load it."""

from typing import Any

from kinetix_env.plugins import hookimpl


@hookimpl
def kinetix_curricula() -> list[type[Any]]:
    """Return the curricula that adapt to the outcomes of levels."""
    from .plr import PLR
    from .robust import ACCEL, RobustPLR
    from .sfl import SFL

    return [SFL, PLR, RobustPLR, ACCEL]
