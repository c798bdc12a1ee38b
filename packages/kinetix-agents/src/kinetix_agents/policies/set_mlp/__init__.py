"""A small network over sets of entities, quick on a CPU."""

from .config import SetMLP as SetMLP

__all__ = ["SetMLP"]
