"""Reads arrays by name from a file in the format safetensors.

A file is the length of its header (8 bytes, little-endian), the header, and the numbers one after the other. The header
is JSON: each name with a type, a shape, and where its bytes begin and end, counted from the header's end. Everything
is checked before it is believed, so that a file that was cut off ends in one clear error. The format is simple enough
that reading it needs no dependency."""

import json
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from kinetix_env.errors import ConfigError

__all__ = ["read_tensors"]

TYPES: dict[str, Any] = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": jnp.bfloat16}
LENGTH = 8  # bytes that tell how long the header is
NOTES = "__metadata__"  # the one name of the header that is no array


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """All arrays of a file, as float32; a `ConfigError` tells what is wrong with it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    end = LENGTH + int.from_bytes(content[:LENGTH], "little")
    if len(content) < LENGTH or end > len(content):
        raise ConfigError(f"{path}: is no safetensors file, or was cut off: {len(content)} bytes, a header to {end}.")
    try:
        header = json.loads(content[LENGTH:end])
    except ValueError as error:
        raise ConfigError(f"{path}: is no safetensors file, for its header is not JSON ({error}).") from error
    if not isinstance(header, dict):
        raise ConfigError(f"{path}: is no safetensors file, for its header is no object.")
    numbers = memoryview(content)[end:]
    return {name: _array(path, name, entry, numbers) for name, entry in header.items() if name != NOTES}


def _array(path: Path, name: str, entry: Any, numbers: memoryview) -> np.ndarray:
    """One array of the file, if its entry is right."""
    try:
        kind, shape, (start, stop) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        whole = all(type(number) is int and number >= 0 for number in (*shape, start, stop))
    except (TypeError, KeyError, ValueError):
        whole = False
    if not whole:
        raise ConfigError(f"{path}: the entry of {name} needs dtype, shape and data_offsets, got {str(entry)[:100]}.")
    if kind not in TYPES:
        raise ConfigError(f"{path}: {name} must be of a type among {', '.join(TYPES)}, got {kind!r}.")
    dtype = np.dtype(TYPES[kind])
    size = dtype.itemsize * int(np.prod(shape, dtype=object))
    if stop - start != size or stop > len(numbers):
        raise ConfigError(
            f"{path}: {name} of shape {shape} takes {size} bytes, got those from {start} to {stop} of {len(numbers)}."
        )
    array = np.frombuffer(numbers[start:stop], dtype.newbyteorder("<") if kind != "BF16" else dtype).reshape(shape)
    return np.asarray(array, np.float32)
