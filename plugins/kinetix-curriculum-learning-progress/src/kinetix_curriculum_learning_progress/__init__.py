"""A curriculum that trains on the levels whose success rate is changing."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .curriculum import LearningProgress as LearningProgress

__all__ = ["LearningProgress"]


def __getattr__(name: str) -> Any:
    """The class when it is first asked for, so that importing the package need not wait for JAX."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".curriculum", __name__), name)
