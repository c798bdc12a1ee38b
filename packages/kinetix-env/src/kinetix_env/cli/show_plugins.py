"""`kinetix plugins`."""

import inspect
from dataclasses import dataclass
from typing import ClassVar

from ..plugins import KINDS, Source, registry
from .documents import WithJSON, print_json

__all__ = ["ShowPlugins"]


@dataclass(frozen=True, kw_only=True)
class ShowPlugins(WithJSON):
    """List what is registered, by which distribution, and the plugins that failed."""

    name: ClassVar[str] = "plugins"

    def run(self) -> None:
        """Print a table."""
        from .output import print_table

        known = registry()
        found = [
            (kind.one, name, source)
            for kind in KINDS.values()
            for name, source in sorted(known.sources(kind.name).items())
        ]
        clashes = [clash for kind in KINDS for clash in known.catalogue(kind).clashes.values()]
        if self.json:
            rows = [_document(*one) for one in found]
            print_json({"registered": rows, "clashes": clashes, "failed": list(map(str, known.failures))})
            return
        table = [
            [kind, name, f"{source.distribution} {source.version}", _first_line(source.cls)]
            for kind, name, source in found
        ]
        print_table(["kind", "name", "distribution", ""], table)
        if clashes:
            print("\nLeft out, since two plugins claim the name:")
        for clash in clashes:
            print(f"  {clash}")
        if known.failures:
            print("\nFailed:")
        for failure in known.failures:
            print(f"  {failure}")


def _first_line(cls: type) -> str:
    return (inspect.getdoc(cls) or "").split("\n", maxsplit=1)[0]


def _document(kind: str, name: str, source: Source) -> dict[str, str]:
    origin = {"distribution": source.distribution, "version": source.version}
    return {"kind": kind, "name": name, **origin, "summary": _first_line(source.cls)}
