"""`kinetix plugins`."""

import inspect
from dataclasses import dataclass
from typing import ClassVar

from ..plugins import KINDS, registry

__all__ = ["ShowPlugins"]


@dataclass(frozen=True, kw_only=True)
class ShowPlugins:
    """List what is registered, by which distribution, and the plugins that failed."""

    name: ClassVar[str] = "plugins"

    def run(self) -> None:
        """Print a table."""
        from .output import print_table

        known = registry()
        rows = [
            [kind.one, name, f"{source.distribution} {source.version}", _first_line(source.cls)]
            for kind in KINDS.values()
            for name, source in sorted(known.sources(kind.name).items())
        ]
        print_table(["kind", "name", "distribution", ""], rows)
        if known.failures:
            print("\nFailed:")
        for failure in known.failures:
            print(f"  {failure}")


def _first_line(cls: type) -> str:
    return (inspect.getdoc(cls) or "").split("\n", maxsplit=1)[0]
