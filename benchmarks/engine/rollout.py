"""The stopwatch: one rollout of many scenes, timed the same way for every JAX engine.

The rollout is `jax.vmap` of the engine's step in a `jax.lax.scan` over random actions, new ones each step. With
several devices the scenes are split over them by `jax.shard_map`, an equal part per device. Compilation (lowering
included) is timed apart and never read from a cache. A warm-up run follows, from the initial scenes; its end is
what the check compares and where every timed run starts, so that the scenes are in contact. Each timed run waits
for its result; the best one counts.

Both engines' processes import this file, so it needs JAX and NumPy only."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import time
from collections.abc import Callable

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from benchmarks.engine.job import Job, Timing
from benchmarks.engine.simulation import Simulation, Step, Tree

__all__ = ["time_rollout"]


def _program(step: Step, devices: int) -> tuple[Callable[..., Tree], Callable[[Tree, int], Tree]]:
    """The rollout, and how to place an argument whose given axis is the scene."""

    def rollout(scene: Tree, state: Tree, actions: jax.Array) -> Tree:
        def advance(state: Tree, action: jax.Array) -> tuple[Tree, None]:
            return jax.vmap(step)(scene, state, action), None

        return jax.lax.scan(advance, state, actions)[0]

    if devices == 1:
        return rollout, lambda tree, axis: jax.device_put(tree)
    mesh = Mesh(np.array(jax.devices()[:devices]), ("lanes",))
    lanes, later = PartitionSpec("lanes"), PartitionSpec(None, "lanes")
    split = jax.shard_map(rollout, mesh=mesh, in_specs=(lanes, lanes, later), out_specs=lanes, check_vma=False)
    placements = NamedSharding(mesh, lanes), NamedSharding(mesh, later)
    return split, lambda tree, axis: jax.device_put(tree, placements[axis])


def _bytes_per_scene(trees: Tree) -> float:
    """Memory of all arrays divided by the number of scenes."""
    leaves = jax.tree.leaves(trees)
    return float(sum(leaf.nbytes for leaf in leaves) / leaves[0].shape[0])


def time_rollout(simulation: Simulation, warm_up: np.ndarray, actions: np.ndarray, job: Job) -> tuple[Tree, Timing]:
    """Compile, warm up and time; returns the states after the warm-up as well.

    `warm_up` and `actions` are [time, lane, action]; the first is cut into pieces as long as the second.
    """
    devices = job["devices"]
    rollout, place = _program(simulation.step, devices)
    scene, state, timed = place(simulation.scene, 0), place(simulation.state, 0), place(actions, 1)
    size = _bytes_per_scene((scene, state))
    start = time.perf_counter()
    compiled = jax.jit(rollout).lower(scene, state, timed).compile()
    compile_seconds = time.perf_counter() - start
    for piece in np.split(warm_up, len(warm_up) // len(actions)):
        state = place(compiled(scene, state, place(piece, 1)), 0)  # empty arrays come back unsplit
    jax.block_until_ready(state)
    times: list[float] = []
    while len(times) < 2 or (len(times) < job["repeats"] and sum(times) < job["seconds"]):
        start = time.perf_counter()
        jax.block_until_ready(compiled(scene, state, timed))
        times.append(time.perf_counter() - start)
    return state, {
        "rate": job["lanes"] * len(actions) / min(times),
        "compile_seconds": compile_seconds,
        "bytes_per_scene": size,
        "devices": devices,
        "steps": len(actions),
        "repeats": len(times),
    }
