"""Reads the arrays of a safetensors file, with the library `safetensors`, which is the extra `published`.

Its NumPy interface lacks bfloat16, so types are converted here."""

from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from jax2d.checks import shown
from kinetix_env.errors import ConfigError

__all__ = ["read_tensors"]

TYPES: dict[str, Any] = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": jnp.bfloat16}
MOST_AXES, LONGEST_AXIS = 8, 2**31 - 1  # of an array; the published weights have at most three axes


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """All arrays of a file by name, as float32. `ConfigError` says what is wrong with the file, or what to install."""
    try:
        from safetensors import SafetensorError, deserialize
    except ImportError as error:
        install = "pip install safetensors (the extra 'published' of kinetix-agents)"
        raise ConfigError(f"{path}: reading it needs safetensors: {install}.") from error
    try:
        found = deserialize(path.read_bytes())  # type: ignore[no-untyped-call]
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except SafetensorError as error:
        raise ConfigError(f"{path}: is not a whole safetensors file ({error}).") from error
    return {name: _array(path, name, entry) for name, entry in found}


def _array(path: Path, name: str, entry: dict[str, Any]) -> np.ndarray:
    """One array of the file, if it is of a floating-point type and of finite numbers."""
    what, shape = f"{path}: {shown(name)}", entry["shape"]
    if entry["dtype"] not in TYPES:
        raise ConfigError(f"{what} must be of a type among {', '.join(TYPES)}, got {entry['dtype']!r}.")
    numbers = np.frombuffer(entry["data"], TYPES[entry["dtype"]])
    if len(shape) > MOST_AXES or max(shape, default=0) > LONGEST_AXIS:  # which also an empty array may claim to be
        raise ConfigError(f"{what} must have at most {MOST_AXES} axes of at most {LONGEST_AXIS}, got {shown(shape)}.")
    with np.errstate(over="ignore"):
        array = np.asarray(numbers.reshape(shape), np.float32)
    if not np.isfinite(array).all():
        raise ConfigError(f"{what} must hold finite float32 numbers, got others.")
    return array
