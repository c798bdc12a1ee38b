"""What this plugin registers. The import is inside the hook, so that commands which need no JAX do not wait for it."""

from typing import Any

from kinetix_env.plugins import hookimpl


@hookimpl
def kinetix_curricula() -> list[type[Any]]:
    """One curriculum."""
    from .curriculum import LearningProgress

    return [LearningProgress]
