"""What ends a run that began well."""

from kinetix_env.errors import KinetixError

__all__ = ["RunError"]


class RunError(KinetixError):
    """A run that cannot go on: its disk is full, its checkpoints are damaged, or another of its processes has ended."""
