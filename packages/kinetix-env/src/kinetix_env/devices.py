"""The devices to play on: all accelerators, or a CPU device for each core, which JAX must know before it starts."""

import contextlib
import os
from collections.abc import Sequence

import jax

from .errors import ConfigError

__all__ = ["default_batch", "start_devices"]

BATCH = {"cpu": 512}  # episodes side by side on a device: on a CPU as many as the engine simulates at once
LARGE_BATCH = 4096  # on other devices


def start_devices(count: int | None = None) -> list[jax.Device]:
    """The first `count` devices of this process, or all.

    Unless JAX has started already, or JAX_NUM_CPU_DEVICES says otherwise, there is a CPU device for each core.
    """
    if count is not None and count < 1:
        raise ConfigError(f"--device-count must be an integer of at least 1, got {count}.")
    if "JAX_NUM_CPU_DEVICES" not in os.environ:
        with contextlib.suppress(RuntimeError):  # JAX runs already, with the devices that it has
            jax.config.update("jax_num_cpu_devices", count or _cores())  # type: ignore[no-untyped-call]
    devices: list[jax.Device] = jax.local_devices()
    if count is not None and count > len(devices):
        raise ConfigError(f"--device-count must be at most {len(devices)}, the number of devices, got {count}.")
    return devices[:count]


def default_batch(devices: Sequence[jax.Device]) -> int:
    """How many episodes side by side keep these devices busy."""
    return sum(BATCH.get(device.platform, LARGE_BATCH) for device in devices)


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
