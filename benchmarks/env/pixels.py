"""The stopwatch of images: pixel observations per second, timed alike for both environments.

A call makes the observations of `count` states, split evenly over the devices. The states are those of an empty
level, which is not quicker to paint than another: both renderers paint every slot of a level, whatever is in it.
Compilation is timed apart; the best call counts.

Both environments' processes import this file, so it needs JAX and NumPy only."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from benchmarks.common.stopwatch import best_times
from benchmarks.env.job import PixelsJob, PixelsResult
from benchmarks.env.task import Eye, Tree

__all__ = ["time_pixels"]


def _program(eye: Eye, devices: int) -> tuple[Callable[[Tree], Tree], Callable[[Tree], Tree]]:
    """States to observations over several devices, and how to place the states."""
    look = jax.vmap(eye.look)
    if devices == 1:
        return look, jax.device_put
    mesh, spec = Mesh(np.array(jax.devices()[:devices]), ("states",)), PartitionSpec("states")
    split = jax.shard_map(look, mesh=mesh, in_specs=spec, out_specs=spec, check_vma=False)
    return split, lambda states: jax.device_put(states, NamedSharding(mesh, spec))


def time_pixels(eye: Eye, level: Tree, job: PixelsJob) -> PixelsResult:
    """Compile and time."""
    program, place = _program(eye, job["devices"])
    one = jax.jit(eye.start)(level)
    states = place(jax.tree.map(lambda x: jnp.broadcast_to(x, (job["count"], *jnp.shape(x))), one))
    begin = time.perf_counter()
    compiled = jax.jit(program).lower(states).compile()
    compile_seconds = time.perf_counter() - begin
    image = compiled(states).image
    (best,), repeats = best_times([lambda: compiled(states)], job["repeats"], job["seconds"])
    return {
        "rate": job["count"] / best,
        "compile_seconds": compile_seconds,
        "devices": job["devices"],
        "count": job["count"],
        "repeats": repeats,
        "shape": list(image.shape[1:]),
        "kind": str(image.dtype),
    }
