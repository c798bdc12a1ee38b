"""`kinetix cache`."""

import os
from dataclasses import dataclass
from typing import ClassVar

from .documents import WithJSON, print_json

__all__ = ["ShowCache"]

MEGABYTE = 1e6


@dataclass(frozen=True, kw_only=True)
class ShowCache(WithJSON):
    """Show where compiled programs are kept and how much space they take, or remove them (--clear).

    All commands keep what they compile, so that they start sooner the next time. JAX_COMPILATION_CACHE_DIR names
    another folder, JAX_ENABLE_COMPILATION_CACHE=false switches the cache off.
    """

    name: ClassVar[str] = "cache"
    clear: bool = False  # remove the programs; other files in the folder stay

    def run(self) -> None:
        """Print a table, or what was removed."""
        from ..compilation import cache_content, cache_folder, clear_cache
        from .output import amount, print_table

        folder = cache_folder()
        if self.clear:
            gone = clear_cache(folder)
            if self.json:
                print_json({"folder": folder, "removed": gone.programs, "bytes": gone.size})
                return
            print(f"Removed {amount(gone.programs, 'program')}, {gone.size / MEGABYTE:.1f} MB, from {folder}.")
            return
        content = cache_content(folder)
        off = os.environ.get("JAX_ENABLE_COMPILATION_CACHE", "").lower() in ("0", "false", "no", "off", "f", "n")
        if self.json:
            print_json({"folder": folder, "programs": content.programs, "bytes": content.size, "in_use": not off})
            return
        rows: list[list[object]] = [
            ["folder", folder],
            ["programs", content.programs],
            ["size", f"{content.size / MEGABYTE:.1f} MB"],
            ["in use", "no, switched off by JAX_ENABLE_COMPILATION_CACHE" if off else "yes"],
        ]
        print_table(["", ""], rows)
