"""What this plugin registers. The import is inside the hook, so that commands without a network do not wait for it."""

from typing import Any

from kinetix_env.plugins import hookimpl


@hookimpl
def kinetix_policies() -> list[type[Any]]:
    """One policy."""
    from .deep_sets import DeepSets

    return [DeepSets]
