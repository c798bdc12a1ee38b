"""What every stopwatch needs: JAX made ready, and programs that run in turns.

Our processes and the peers' import this file, so it needs JAX only."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import time
from collections.abc import Callable, Sequence
from typing import Any

import jax

__all__ = ["best_times", "prepare"]


def prepare(devices: int) -> None:
    """Configure JAX before its first use: the number of host devices, no compilation cache."""
    jax.config.update("jax_num_cpu_devices", devices)
    jax.config.update("jax_enable_compilation_cache", False)


def best_times(runs: Sequence[Callable[[], Any]], repeats: int, seconds: float) -> tuple[list[float], int]:
    """The shortest time of each program in s, and how often each ran.

    Each runs at most `repeats` times, and no further round begins after `seconds`, but at least two run (one, if
    `repeats` is 1). The programs take turns, so that whatever else the machine does meets all of them."""
    times: list[list[float]] = []
    begin = time.perf_counter()
    while len(times) < min(2, repeats) or (len(times) < repeats and time.perf_counter() - begin < seconds):
        times.append([])
        for run in runs:
            start = time.perf_counter()
            jax.block_until_ready(run())
            times[-1].append(time.perf_counter() - start)
    return [min(each) for each in zip(*times, strict=True)], len(times)
