"""The error of a run that fails after it has started."""

from kinetix_env.errors import KinetixError

__all__ = ["RunError"]


class RunError(KinetixError):
    """A run cannot continue: its disk is full, its checkpoints are damaged, or another of its processes has ended."""
