"""The versions of the packages that a run was made with, and a warning where others are installed now."""

import warnings
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kinetix_env.errors import KinetixWarning

__all__ = ["installed_versions", "warn_of_other_versions"]

PACKAGES = ("jax2d", "kinetix-env", "kinetix-agents", "kinetix-ued", "jax", "flax", "optax")
DECISIVE = {  # packages of which another major version is another task, and what it may change
    "jax2d": "the physics",
    "kinetix-env": "the task",
    "kinetix-agents": "the network and the learning",
}


def installed_versions() -> dict[str, str]:
    """Return the versions of the packages that decide a run's results, by name; those not installed are left out."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def warn_of_other_versions(path: Path, made_with: Any) -> None:
    """Warn if a run was made with another major version of the engine, the environment or this package.

    `made_with` are the versions in the run's config.json; whatever is not a table of versions is ignored.
    """
    if not isinstance(made_with, Mapping):
        return
    now = installed_versions()
    others = [
        f"{package} {made_with[package]} (now {now[package]}: {what} may differ)"
        for package, what in DECISIVE.items()
        if package in now and package in made_with and _major(str(made_with[package])) != _major(now[package])
    ]
    if others:
        message = f"{path}: was made with {', '.join(others)}. Results may not be comparable."
        warnings.warn(message, KinetixWarning, stacklevel=3)


def _major(text: str) -> tuple[str, ...]:
    """Return the part of a version whose change may break things: of 2.1.0 (2,), of 0.3.1 (0, 3)."""
    parts = text.split(".")
    return tuple(parts[:2] if parts[0] == "0" else parts[:1])
