"""Whether a level has what its task needs: a green and a blue shape. Without them nothing can solve it.

Such a level can be played, so that it is worth a warning where levels are checked, drawn or trained on, no error."""

import warnings
from collections.abc import Iterable

import numpy as np

from jax2d.checks import shown

from ..errors import KinetixWarning
from .level import Level, Role

__all__ = ["missing_roles", "warn_of_missing_roles"]

SHOWN = 3  # levels in a warning


def missing_roles(level: Level) -> list[Role]:
    """The roles among green and blue that no body of a level has."""
    present = np.asarray(level.role)[np.asarray(level.scene.active)]
    return [role for role in (Role.GREEN, Role.BLUE) if role not in present]


def warn_of_missing_roles(levels: Iterable[tuple[str, Level]]) -> None:
    """Warn, once and by their names, of levels on the host that nothing can solve."""
    found = [(name, missing) for name, level in levels if (missing := missing_roles(level))]
    if not found:
        return
    words = [(name, " and no ".join(role.name.lower() for role in roles)) for name, roles in found]
    parts = [f"{shown(name)} has no {lacks} shape" for name, lacks in words]
    more = f"; and {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
    warnings.warn(f"{'; '.join(parts[:SHOWN])}{more}: nothing can solve that.", KinetixWarning, stacklevel=3)
