"""Training of one agent by several processes, each with its own devices.

All processes run the same updates in lockstep, so before each update they agree on what may differ between them: a
signal to stop, and the clock. Only process 0 writes metrics and the configuration, and prints."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from kinetix_env.errors import ConfigError, KinetixError

from .errors import RunError

__all__ = [
    "Agreement",
    "barrier",
    "by_first_process",
    "end_quickly",
    "is_first",
    "is_lost",
    "join_processes",
    "of_all_processes",
    "tell_of_others",
]

LOST = re.compile("gloo|nccl|coordination|heartbeat|connection|unavailable", re.IGNORECASE)  # in JAX's errors
SHUTDOWN = 10  # s that a terminating process waits for the others


def join_processes(coordinator: str | None, count: int | None, number: int | None) -> None:
    """Connect to the other processes of a run; must be called before JAX starts.

    Arguments that are None are detected from Slurm, Open MPI or Kubernetes. `coordinator` is HOST:PORT of process 0.
    """
    if coordinator is not None and not coordinator.rpartition(":")[2].isdigit():
        raise ConfigError(f"--coordinator must be HOST:PORT of process 0, got {coordinator!r}.")
    if count is not None and count < 1:
        raise ConfigError(f"--processes must be an integer of at least 1, got {count}.")
    if number is not None and not 0 <= number < (count or number + 1):
        raise ConfigError(f"--process-id must be an integer from 0 to --processes - 1, got {number}.")
    try:
        jax.distributed.initialize(coordinator, count, number, shutdown_timeout_seconds=SHUTDOWN)
    except (RuntimeError, ValueError) as error:
        raise ConfigError(
            f"The processes of the run cannot find each other ({str(error).splitlines()[0]}). Start them by Slurm, "
            "Open MPI or Kubernetes, or give --coordinator HOST:PORT --processes COUNT --process-id NUMBER."
        ) from error


def is_first() -> bool:
    """Return whether this is process 0, which writes files and prints."""
    return jax.process_index() == 0


def barrier(name: str) -> None:
    """Wait until all processes have reached this point."""
    if jax.process_count() > 1:
        from jax.experimental import multihost_utils

        multihost_utils.sync_global_devices(name)


@contextmanager
def by_first_process(context: Callable[[], AbstractContextManager[Any]]) -> Iterator[None]:
    """Enter a context in process 0 alone. If it is refused there, every process raises an error."""
    with ExitStack() as stack:
        refusal: Exception | None = None
        if is_first():
            try:
                stack.enter_context(context())
            except (KinetixError, OSError) as error:
                refusal = error
        if _of_first(refusal is not None) and refusal is None:
            raise RunError("Process 0 could not begin; its message says why.")
        if refusal is not None:
            raise refusal
        yield


def _of_first(value: bool) -> bool:
    """Return the value that process 0 has."""
    if jax.process_count() == 1:
        return value
    from jax.experimental import multihost_utils

    return bool(multihost_utils.broadcast_one_to_all(np.int32(value)))


class Agreement:
    """Agreement of all processes on the stop signal and the clock before an update."""

    def __init__(self, mesh: Mesh) -> None:
        """Set up the agreement between the processes that own the devices of a mesh."""
        self._alone = jax.process_count() == 1
        self._rows = len(mesh.local_devices)
        whole, split = PartitionSpec(), PartitionSpec(mesh.axis_names[0])  # type: ignore[no-untyped-call]
        self._split = NamedSharding(mesh, split)
        self._most = jax.jit(lambda rows: rows.max(0), out_shardings=NamedSharding(mesh, whole))
        self._asked: Any = None

    def __call__(self, stop: int, seconds: float) -> tuple[int, float]:
        """Return the maximum over the processes of the stop signal and of the seconds.

        With several processes these are the values before the previous update, so that no process has to wait.
        """
        if self._alone:
            return stop, seconds
        before = self._ask(stop, seconds) if self._asked is None else self._asked
        self._asked = self._ask(stop, seconds)
        latest_stop, latest_seconds = np.asarray(before)
        return int(latest_stop), float(latest_seconds)

    def _ask(self, stop: int, seconds: float) -> jax.Array:
        rows = np.tile(np.array([stop, seconds], np.float32), (self._rows, 1))
        make: Any = jax.make_array_from_process_local_data
        most: jax.Array = self._most(make(self._split, rows))
        return most


def of_all_processes(devices: Sequence[jax.Device]) -> list[jax.Device]:
    """Return the devices of all processes: of each as many as are given of this one."""
    count = len(devices)
    return [device for process in range(jax.process_count()) for device in jax.local_devices(process)[:count]]


@contextmanager
def end_quickly() -> Iterator[None]:
    """Exit at once if one of several processes fails: JAX would wait for the others, which cannot continue alone."""
    try:
        yield
    except KinetixError as error:
        if jax.process_count() == 1:
            raise
        print(f"kinetix: error: {error}", file=sys.stderr, flush=True)
        os._exit(2)


def is_lost(error: Exception) -> bool:
    """Return whether an error means that other processes cannot be reached."""
    return jax.process_count() > 1 and not isinstance(error, KinetixError) and bool(LOST.search(str(error)))


@contextmanager
def tell_of_others(checkpoints: Path) -> Iterator[None]:
    """Turn the error that JAX raises when another process has ended into a readable `RunError`."""
    try:
        yield
    except (jax.errors.JaxRuntimeError, ValueError) as error:
        if not is_lost(error):
            raise
        done = [path.name for path in checkpoints.iterdir() if path.name.isdigit()] if checkpoints.is_dir() else []
        since = f"the checkpoint of update {max(map(int, done))}" if done else "the beginning"
        raise RunError(
            f"Process {jax.process_index()} of {jax.process_count()} can no longer reach the others: one of them has "
            f"ended. Start all of them again with --resume; the run continues from {since}. "
            f"({str(error).splitlines()[0][:200]})"
        ) from error
