"""The stopwatch of the environment: one rollout of many environments, timed alike for ours and the published one.

The rollout is a `jax.lax.scan` over multi-discrete actions drawn beforehand, with a batched environment step and new
random keys in every step. What a policy would read next, the observation, is carried along, so that it is computed
in every step; rewards and finished episodes are added up. With several devices the environments are split over them
by `jax.shard_map`. Compilation is timed apart, without a cache. The timed runs all start where a warm-up run ended.

Levels come from a pool of filtered random ones. An environment that ends goes on with
- "pool": a level drawn from the pool, anew in every step (only used where an episode has ended);
- "own": the level that it began with, the cheapest there is: nothing has to be fetched.

Both environments' processes import this file, so it needs JAX and NumPy only."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from benchmarks.common.stopwatch import best_times
from benchmarks.env.job import EpisodeTally, PlayJob, PlayResult
from benchmarks.env.task import Task, Tree, rows

__all__ = ["MOTORS", "THRUSTERS", "time_play"]

MOTORS, THRUSTERS = 4, 2  # numbers of a multi-discrete action: motors take 0, 1, 2, thrusters 0, 1


def _actions(steps: int, lanes: int) -> np.ndarray:
    """Random actions, of shape [time, lane, action]."""
    high = np.array([3] * MOTORS + [2] * THRUSTERS)
    return np.random.default_rng(0).integers(0, high, (steps, lanes, len(high)), np.int32)


def _rollout(task: Task) -> Callable[..., Tree]:
    """(levels, own, keys, (state, observation), actions) -> (state, observation), tallies of each environment."""

    def rollout(levels: Tree, own: Tree, keys: jax.Array, start: Tree, actions: jax.Array) -> Tree:
        pool = task.keep(levels)

        def advance(carry: Tree, now: tuple[jax.Array, jax.Array]) -> tuple[Tree, None]:
            (state, _), tally = carry
            action, at = now
            fresh = jax.vmap(jax.random.fold_in, (0, None))(keys, at)
            observation, state, reward, done, solved = task.step(pool, own, fresh, state, action)
            new = (reward, done.astype(jnp.float32), (done & solved).astype(jnp.float32))
            return ((state, observation), jax.tree.map(jnp.add, tally, new)), None

        zeros = jnp.zeros(len(keys))
        return jax.lax.scan(advance, (start, (zeros, zeros, zeros)), (actions, jnp.arange(len(actions))))[0]

    return rollout


def _program(task: Task, devices: int) -> tuple[Callable[..., Tree], Callable[[Tree, str], Tree]]:
    """The rollout over several devices, and how to place its arguments: "all", "lanes", or "later" (time first)."""
    if devices == 1:
        return _rollout(task), lambda tree, how: jax.device_put(tree)
    mesh = Mesh(np.array(jax.devices()[:devices]), ("lanes",))
    specs = {"all": PartitionSpec(), "lanes": PartitionSpec("lanes"), "later": PartitionSpec(None, "lanes")}
    given = tuple(specs[how] for how in ("all", "lanes", "lanes", "lanes", "later"))
    split = jax.shard_map(_rollout(task), mesh=mesh, in_specs=given, out_specs=specs["lanes"], check_vma=False)
    return split, lambda tree, how: jax.device_put(tree, NamedSharding(mesh, specs[how]))


def _tally(tallies: Tree, state: Tree, steps: int) -> EpisodeTally:
    """Sums over all environments as rates."""
    reward, episodes, solved = (float(np.sum(np.asarray(each), dtype=np.float64)) for each in tallies)
    count = steps * len(tallies[0])
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(state)]
    return {
        "episodes": 1000 * episodes / count,
        "solved": solved / max(episodes, 1.0),
        "reward": reward / count,
        "finite": all(bool(np.isfinite(leaf).all()) for leaf in leaves if leaf.dtype.kind == "f"),
    }


@dataclass(frozen=True)
class _Ready:
    """A compiled rollout and its arguments after the warm-up."""

    run: Callable[[], Any]
    compile_seconds: float
    tally: EpisodeTally


def _ready(task: Task, levels: Tree, job: PlayJob) -> _Ready:
    """Compile and warm up."""
    lanes, steps, pieces = job["lanes"], job["steps"], job["warm_up"] // job["steps"]
    rollout, place = _program(task, job["devices"])
    seeds = jax.random.split(jax.random.PRNGKey(1), (pieces + 1, lanes))
    own = rows(levels, np.arange(lanes) % len(jax.tree.leaves(levels)[0]))
    observation, state = jax.jit(task.reset)(seeds[0], own)
    start = place((state, observation), "lanes")
    levels, own = place(levels, "all"), place(own, "lanes")
    actions = np.split(_actions((pieces + 1) * steps, lanes), pieces + 1)
    keys, timed = place(seeds[-1], "lanes"), place(actions[-1], "later")
    begin = time.perf_counter()
    compiled = jax.jit(rollout).lower(levels, own, keys, start, timed).compile()
    compile_seconds = time.perf_counter() - begin
    tallies: Any = (np.zeros(lanes),) * 3
    for piece in range(pieces):
        now = place(seeds[piece], "lanes"), place(actions[piece], "later")
        end, more = compiled(levels, own, now[0], start, now[1])
        start = place(end, "lanes")  # empty arrays come back unsplit
        tallies = [total + np.asarray(each) for total, each in zip(tallies, more, strict=True)]
    return _Ready(
        run=lambda: compiled(levels, own, keys, start, timed),
        compile_seconds=compile_seconds,
        tally=_tally(tallies, start[0], pieces * steps),
    )


def time_play(tasks: Sequence[Task], levels: Tree, job: PlayJob) -> list[PlayResult]:
    """Compile and warm up each, then time them in turns."""
    ready = [_ready(task, levels, job) for task in tasks]
    best, repeats = best_times([each.run for each in ready], job["repeats"], job["seconds"])
    return [
        {
            "rate": job["lanes"] * job["steps"] / seconds,
            "compile_seconds": each.compile_seconds,
            "devices": job["devices"],
            "steps": job["steps"],
            "repeats": repeats,
            "tally": each.tally,
        }
        for each, seconds in zip(ready, best, strict=True)
    ]
