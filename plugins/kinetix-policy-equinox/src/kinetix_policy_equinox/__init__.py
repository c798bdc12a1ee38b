"""Policies that are written in Equinox."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .deep_sets import DeepSets as DeepSets
    from .policy import EquinoxPolicy as EquinoxPolicy

__all__ = ["DeepSets", "EquinoxPolicy"]

_MODULE_OF = {"DeepSets": "deep_sets", "EquinoxPolicy": "policy"}


def __getattr__(name: str) -> Any:
    """A class when it is first asked for, so that importing the package need not wait for JAX."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
