"""JAX's compilation cache: compiled programs are kept on disk, so that the next process starts in seconds.

JAX finds a program again by its code, its shapes, the compiler's version and the processor; after a change of any of
them it is compiled and kept anew. Nothing is ever removed by itself: `clear_cache` and `kinetix cache --clear` do.
Processes may share a folder. JAX's own variables apply: JAX_COMPILATION_CACHE_DIR names another folder, and
JAX_ENABLE_COMPILATION_CACHE=false switches the cache off."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["CacheContent", "cache_content", "cache_folder", "clear_cache", "keep_compiled_programs", "user_caches"]

FOLDER, SECONDS = "JAX_COMPILATION_CACHE_DIR", "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"
LEAST = 0.5  # s: programs that compile in less are not kept
PROGRAM = re.compile(r"[\w.<>-]+-[0-9a-f]{64}-(cache|atime)")  # a file of JAX's: the program, or when it was last used


@dataclass(frozen=True, kw_only=True)
class CacheContent:
    """What a cache holds."""

    programs: int  # number of compiled programs
    size: int  # bytes


def cache_folder() -> Path:
    """The folder of compiled programs: JAX_COMPILATION_CACHE_DIR, or `kinetix/jax` in the user's cache folder."""
    if named := os.environ.get(FOLDER):
        return Path(named)
    return user_caches() / "jax"


def user_caches() -> Path:
    """The folder `kinetix` in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kinetix"


def keep_compiled_programs(folder: str | Path | None = None) -> Path:
    """Keep what this process compiles from now on, in a folder or in `cache_folder()`, and return which one.

    A folder that JAX has been given already stays, unless another one is named here.
    """
    if "jax" not in sys.modules:  # it reads these when it is imported
        chosen = cache_folder() if folder is None else Path(folder)
        os.environ[FOLDER] = str(chosen)
        os.environ.setdefault(SECONDS, str(LEAST))
        return chosen
    import jax

    options: Any = jax.config
    if folder is None and options.jax_compilation_cache_dir is not None:
        return Path(options.jax_compilation_cache_dir)
    chosen = cache_folder() if folder is None else Path(folder)
    options.update("jax_compilation_cache_dir", str(chosen))
    if SECONDS not in os.environ:
        options.update("jax_persistent_cache_min_compile_time_secs", LEAST)
    return chosen


def cache_content(folder: Path) -> CacheContent:
    """The number and size of the programs in a folder, which need not exist."""
    sizes = {file.name: file.stat().st_size for file in _files(folder)}
    return CacheContent(programs=sum(name.endswith("-cache") for name in sizes), size=sum(sizes.values()))


def clear_cache(folder: Path) -> CacheContent:
    """Remove the programs in a folder, and no other file; return what they were."""
    content = cache_content(folder)
    for file in _files(folder):
        file.unlink(missing_ok=True)  # another process may clear it too
    return content


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [file for file in folder.iterdir() if PROGRAM.fullmatch(file.name) and file.is_file()]
