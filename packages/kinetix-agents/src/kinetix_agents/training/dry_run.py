"""Estimates what a run needs before it starts: its update is compiled, and timed if there is enough memory."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jax
import numpy as np

from ..ppo import PPO
from .build import build_ppo
from .config import RunConfig
from .errors import RunError
from .loop import run_keys
from .resuming import devices_of_groups

__all__ = ["Forecast", "forecast", "free_memory"]

TIMED, SECONDS = 3, 2.0  # minimum number of updates, and minimum time (s), to measure
CGROUPS = (  # files with the memory limit and the memory usage of a Linux container
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Estimated memory and time of a run."""

    parameters: int  # number of parameters of the network
    devices: int
    device_kind: str
    state_bytes: int  # per device, between updates
    update_bytes: int  # per device, in addition during an update
    free_bytes: int | None  # per device, or its part of the machine's memory; None if unknown
    environments: int  # per device
    compile_seconds: float
    steps_per_second: float | None  # None if it was not measured, because the run does not fit
    updates: int | None  # number of updates of the run; None if `minutes` ends it
    seconds: float | None  # duration of the run, excluding compilation

    @property
    def fits(self) -> bool:
        """Whether there is enough memory, as far as is known."""
        return self.free_bytes is None or self.state_bytes + self.update_bytes <= self.free_bytes

    def rows(self) -> list[tuple[str, str]]:
        """Return the rows to print, as (name, value)."""
        total = self.state_bytes + self.update_bytes
        kept, each = _bytes(self.state_bytes), _bytes(total // self.environments)
        free = "" if self.free_bytes is None else f"; {_bytes(self.free_bytes)} are free"
        found = [
            ("parameters", f"{self.parameters:,}"),
            ("devices", f"{self.devices} x {self.device_kind}"),
            ("memory", f"{_bytes(total)} on each device, {kept} of it between updates{free}"),
            ("for each environment", f"{each}, {self.environments} on each device"),
            ("compilation", f"{self.compile_seconds:.1f} s"),
        ]
        if self.steps_per_second is not None:
            found.append(("speed", f"{self.steps_per_second:,.0f} steps/s"))
        if self.seconds is not None:
            updates = "" if self.updates is None else f" for {self.updates:,} updates"
            found.append(("time", f"{_duration(self.seconds)}{updates}"))
        return found

    def warning(self) -> str | None:
        """Return a warning if there is not enough memory."""
        if self.fits or self.free_bytes is None:
            return None
        total = self.state_bytes + self.update_bytes
        return (
            f"The run will not fit: it takes {_bytes(total)} on each device, and {_bytes(self.free_bytes)} are free. "
            "Use fewer environments (--ppo.envs), shorter rollouts (--ppo.steps) or more devices."
        )


def forecast(config: RunConfig, devices: Sequence[jax.Device] | None = None) -> Forecast:
    """Compile the update of a run, and time it if it fits in memory. Nothing is written."""
    ppo = build_ppo(config, devices_of_groups(jax.devices() if devices is None else devices, config.ppo.groups))
    like = ppo.state_like()
    before = time.perf_counter()
    program = ppo.compile(like)
    compile_seconds = time.perf_counter() - before
    needs = program.memory_analysis()
    if needs is None:
        raise RunError("A dry run is not possible here: JAX does not report the memory use of programs.")
    state = needs.argument_size_in_bytes
    update = needs.output_size_in_bytes - needs.alias_size_in_bytes + needs.temp_size_in_bytes
    count = ppo.mesh.size
    here = list(ppo.mesh.local_devices)
    free = free_memory(here)
    rate = _speed(config, ppo) if free is None or state + update <= free else None
    updates = None if config.minutes is not None else -(-config.steps // config.ppo.batch)
    seconds = None if rate is None or updates is None else updates * config.ppo.batch / rate
    return Forecast(
        parameters=sum(int(np.prod(leaf.shape)) for leaf in jax.tree.leaves(like.params)),
        devices=count,
        device_kind=here[0].device_kind,
        state_bytes=state,
        update_bytes=update,
        free_bytes=free,
        environments=config.ppo.envs // count,
        compile_seconds=compile_seconds,
        steps_per_second=rate,
        updates=updates,
        seconds=seconds if config.minutes is None else 60 * config.minutes,
    )


def free_memory(devices: Sequence[jax.Device]) -> int | None:
    """Return the free memory (bytes) per device of this process; CPU devices divide the machine's; None if unknown."""
    stats = devices[0].memory_stats()
    if stats and "bytes_limit" in stats:
        return min(int(stats["bytes_limit"]) - int(stats.get("bytes_in_use", 0)) for stats in _all_stats(devices))
    if devices[0].platform != "cpu":
        return None
    free = _machine_memory()
    return None if free is None else free // len(devices)


def _all_stats(devices: Sequence[jax.Device]) -> list[dict[str, int]]:
    return [device.memory_stats() for device in devices]


def _machine_memory() -> int | None:
    """Return the free memory (bytes) of this machine, or what its container may still use if that is less."""
    found = []
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
        found.append(1024 * int(lines["MemAvailable"].split()[0]))
    elif hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for most, used in CGROUPS:
        try:
            found.append(int(Path(most).read_text()) - int(Path(used).read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return min(found, default=None)


def _speed(config: RunConfig, ppo: PPO) -> float:
    """Return environment steps per second, measured over a few updates after a first one."""
    begin, keys = run_keys(config.seed)
    state = ppo.init(begin)
    done, start = 0, 0.0
    while done <= TIMED or time.perf_counter() - start < SECONDS:
        state, metrics = ppo.update(state, jax.random.fold_in(keys, done))
        float(metrics["learning_rate"])  # wait until the update is done
        if done == 0:  # the first update may load programs
            start = time.perf_counter()
        done += 1
    return (done - 1) * config.ppo.batch / (time.perf_counter() - start)


def _bytes(count: int) -> str:
    """Format a number of bytes with a decimal unit."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def _duration(seconds: float) -> str:
    """Format a duration in the largest unit of which there are at least two."""
    for unit, size in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"
