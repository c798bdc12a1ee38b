"""The stopwatch of generation: filtered random levels per second, timed alike for both generators.

A call draws `count` levels with a key, the filter that plays each with no action included. With several devices each
draws an equal part. Compilation is timed apart. Every call has a new key; the best call counts.

Both environments' processes import this file, so it needs JAX and NumPy only."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import itertools
import time
from collections.abc import Callable

import jax
import numpy as np
from jax.sharding import Mesh, PartitionSpec

from benchmarks.common.stopwatch import best_times
from benchmarks.env.job import GenerationJob, GenerationResult
from benchmarks.env.task import Tree, save_levels

__all__ = ["time_generation"]


def _program(sample: Callable[[jax.Array, int], Tree], count: int, devices: int) -> Callable[[jax.Array], Tree]:
    """The compiled generator: keys, one per device, to levels."""

    def draw(keys: jax.Array) -> Tree:
        return sample(keys[0], count // devices)

    if devices == 1:
        return draw
    mesh = Mesh(np.array(jax.devices()[:devices]), ("levels",))
    spec = PartitionSpec("levels")
    return jax.shard_map(draw, mesh=mesh, in_specs=spec, out_specs=spec, check_vma=False)


def time_generation(sample: Callable[[jax.Array, int], Tree], job: GenerationJob) -> GenerationResult:
    """Compile and time; the levels of the first call are written to the job's file."""
    devices = job["devices"]
    keys = (jax.random.split(jax.random.PRNGKey(seed), devices) for seed in itertools.count())
    begin = time.perf_counter()
    compiled = jax.jit(_program(sample, job["count"], devices)).lower(next(keys)).compile()
    compile_seconds = time.perf_counter() - begin
    save_levels(job["file"], compiled(next(keys)))
    (best,), repeats = best_times([lambda: compiled(next(keys))], job["repeats"], job["seconds"])
    return {
        "rate": job["count"] / best,
        "compile_seconds": compile_seconds,
        "devices": devices,
        "count": job["count"],
        "repeats": repeats,
    }
