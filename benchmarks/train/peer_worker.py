"""The process of the published parts: time a training update, or train for a while.

Run as `python -m benchmarks.train.peer_worker speed|learn JOB.json RESULT.json`, in an environment that has kinetix-env
3.0.2."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import jax
import numpy as np

from benchmarks.common.stopwatch import prepare
from benchmarks.env.task import Tree, load_levels, rows
from benchmarks.train.job import LearnJob, LearnResult, SpeedJob, SpeedResult
from benchmarks.train.ppo import Learner, learner, make_update
from benchmarks.train.side import Side, over_devices, place, save_tree
from benchmarks.train.split import time_parts

__all__ = ["run"]

WARM_UP = 2  # updates before the stopwatch, so that episodes have come apart and the memory is there


def _parts(job: SpeedJob | LearnJob) -> tuple[Side, Tree]:
    """What is trained, and the levels."""
    template = import_module("benchmarks.env.peer").template(job["size"])
    side: Side = import_module("benchmarks.train.peer").side(job["size"], job["network"])
    return side, load_levels(job["levels"], template, job["count"])


def _compiled(side: Side, job: SpeedJob | LearnJob, own: Tree, seed: int) -> tuple[Callable[..., Any], Learner, float]:
    """The update, where it starts, and how long it took to compile both, in s."""
    devices = job["devices"]
    begin = time.perf_counter()
    first = jax.jit(lambda own, key: learner(side, job["recipe"], own, key))(own, jax.random.PRNGKey(seed))
    now = Learner(*(place(tree, devices, how) for tree, how in zip(first, ("all", "all", "envs", "envs"), strict=True)))
    split = Learner("all", "all", "envs", "envs")
    update = make_update(side, job["recipe"], devices)
    program = jax.jit(over_devices(update, devices, (split, "envs", "all"), (split, "all")))
    compiled = program.lower(now, place(own, devices, "envs"), jax.random.PRNGKey(0)).compile()
    return compiled, now, time.perf_counter() - begin


def _speed(job: SpeedJob) -> SpeedResult:
    """Time an update and its parts."""
    devices, envs = job["devices"], job["recipe"]["envs"]
    side, levels = _parts(job)
    own = rows(levels, np.arange(envs) % job["count"])
    update, now, compile_seconds = _compiled(side, job, own, 0)
    own, key = place(own, devices, "envs"), place(jax.random.PRNGKey(1), devices, "all")
    for _ in range(WARM_UP):
        now, _ = update(now, own, key)
    playing = now.params, own, now.state, now.obs
    limits = job["repeats"], job["seconds"]
    total, repeats, split = time_parts(
        side, lambda: update(now, own, key), playing, job["recipe"]["steps"], devices, limits
    )
    if job["outputs"]:
        params, obs = (jax.tree.map(np.asarray, tree) for tree in (now.params, now.obs))
        logits, values = jax.jit(side.numbers)(params, obs)
        save_tree(job["outputs"], **params, obs=obs, logits=logits, values=values)
    return {
        "rate": envs * job["recipe"]["steps"] / total,
        "compile_seconds": compile_seconds,
        "parameters": sum(leaf.size for leaf in jax.tree.leaves(now.params)),
        "devices": devices,
        "repeats": repeats,
        "split": split,
    }


def _learn(job: LearnJob) -> LearnResult:
    """Train; the parameters are written to the job's file."""
    devices, recipe = job["devices"], job["recipe"]
    side, levels = _parts(job)
    draw = np.random.default_rng(job["seed"])

    def drawn() -> Tree:
        return place(rows(levels, draw.integers(job["count"], size=recipe["envs"])), devices, "envs")

    update, now, compile_seconds = _compiled(side, job, drawn(), job["seed"])
    ends: list[tuple[int, int]] = []
    begin = time.perf_counter()
    while time.perf_counter() - begin < job["seconds"]:
        key = place(jax.random.fold_in(jax.random.PRNGKey(job["seed"]), len(ends)), devices, "all")
        now, sums = update(now, drawn(), key)
        ends.append((int(sums.episodes), int(sums.solved)))
    seconds = time.perf_counter() - begin
    save_tree(job["outputs"], **now.params)
    episodes, solved = np.sum(ends[-max(1, len(ends) // 10) :], axis=0)
    return {
        "seconds": seconds,
        "steps": len(ends) * recipe["envs"] * recipe["steps"],
        "compile_seconds": compile_seconds,
        "solved": float(solved / max(episodes, 1)),
        "devices": devices,
    }


def run(what: str, job: Any) -> Any:
    """Do the job."""
    prepare(job["devices"])
    return _speed(job) if what == "speed" else _learn(job)


if __name__ == "__main__":
    what, job_file, result_file = sys.argv[1:]
    Path(result_file).write_text(json.dumps(run(what, json.loads(Path(job_file).read_text()))))
