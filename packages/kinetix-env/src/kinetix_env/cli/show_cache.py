"""`kinetix cache`."""

import os
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["ShowCache"]

MEGABYTE = 1e6


@dataclass(frozen=True, kw_only=True)
class ShowCache:
    """Show where compiled programs are kept and how much space they take, or remove them (--clear).

    All commands keep what they compile, so that they start sooner the next time. JAX_COMPILATION_CACHE_DIR names
    another folder, JAX_ENABLE_COMPILATION_CACHE=false switches the cache off.
    """

    name: ClassVar[str] = "cache"
    clear: bool = False  # remove the programs; other files in the folder stay

    def run(self) -> None:
        """Print a table, or what was removed."""
        from ..compilation import cache_content, cache_folder, clear_cache
        from .output import print_table
        from .tables import amount

        folder = cache_folder()
        if self.clear:
            gone = clear_cache(folder)
            print(f"Removed {amount(gone.programs, 'program')}, {gone.size / MEGABYTE:.1f} MB, from {folder}.")
            return
        content = cache_content(folder)
        off = os.environ.get("JAX_ENABLE_COMPILATION_CACHE", "").lower() in ("0", "false", "no", "off", "f", "n")
        rows: list[list[object]] = [
            ["folder", folder],
            ["programs", content.programs],
            ["size", f"{content.size / MEGABYTE:.1f} MB"],
            ["in use", "no, switched off by JAX_ENABLE_COMPILATION_CACHE" if off else "yes"],
        ]
        print_table(["", ""], rows)
