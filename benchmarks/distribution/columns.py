"""The numbers of a batch of levels under common names, so that both generators' levels are measured alike.

A column is [level, row]; the four walls are left out. Both processes import this file, so it needs NumPy only."""

from typing import Any

import numpy as np

__all__ = ["FIELDS", "columns"]

FIELDS = {
    "floor": ("role",),
    "polygon": ("active", "role", "x", "y", "angle", "inverse_mass", "width", "height", "corners"),
    "circle": ("active", "role", "x", "y", "angle", "inverse_mass", "radius"),
    "joint": (
        *("active", "a", "b", "fixed", "motor", "speed", "power", "limited", "least", "most", "rotation", "binding"),
        *("ax", "ay", "bx", "by"),
    ),
    "thruster": ("active", "body", "x", "y", "angle", "power", "binding"),
}


def columns(groups: dict[str, dict[str, Any]]) -> dict[str, np.ndarray]:
    """Columns by the name `kind/field`; both must be those of `FIELDS`."""
    if {kind: set(group) for kind, group in groups.items()} != {kind: set(names) for kind, names in FIELDS.items()}:
        found = {kind: list(group) for kind, group in groups.items()}
        raise ValueError(f"The columns must be {FIELDS}, got {found}.")
    return {f"{kind}/{name}": np.asarray(value) for kind, group in groups.items() for name, value in group.items()}
