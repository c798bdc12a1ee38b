"""JAX's compilation cache on disk, so that the second run of a command starts in seconds."""

import os
from pathlib import Path
from typing import Any

import jax

__all__ = ["keep_compiled_programs"]

SECONDS = 1.0  # programs that compile in less time are not cached


def keep_compiled_programs() -> None:
    """Cache compiled programs in the user's cache folder, unless JAX_COMPILATION_CACHE_DIR names another one."""
    options: Any = jax.config
    if options.jax_compilation_cache_dir is not None:
        return
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    options.update("jax_compilation_cache_dir", str(caches / "kinetix" / "jax"))
    options.update("jax_persistent_cache_min_compile_time_secs", SECONDS)
