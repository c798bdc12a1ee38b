"""The process of our parts: compare networks, time training updates, train until a success rate is reached.

Run as `python -m benchmarks.train.ours_worker check|speed|judge|recipe|reach JOB.json RESULT.json`."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np

from benchmarks.common.stopwatch import prepare
from benchmarks.env.task import load_levels, rows
from benchmarks.train.job import CheckJob, CheckResult, JudgeJob, JudgeResult, SpeedJob, SpeedResult
from benchmarks.train.ours import converted, parts, published_outputs, side, trainer
from benchmarks.train.recipe import reach, time_recipe
from benchmarks.train.split import time_parts
from kinetix_agents.evaluation import Evaluator
from kinetix_agents.policies.network import count_parameters
from kinetix_agents.ppo import TrainState
from kinetix_env import empty_level
from kinetix_env.sources import held_out

__all__ = ["run"]

WARM_UP = 2  # updates before the stopwatch, as in peer_worker.py


def _check(job: CheckJob) -> CheckResult:
    """The network with the published parameters, on what the published network saw."""
    given = parts(job["size"], job["network"])
    params = converted(job["outputs"], job["network"])
    wanted = jax.eval_shape(given.policy.init, jax.random.key(0))
    shapes = [jax.tree.map(lambda leaf: leaf.shape, tree) for tree in (params, wanted)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"The published parameters become {shapes[0]}, but the network takes {shapes[1]}.")
    obs, logits, values = published_outputs(job["outputs"])
    found = jax.jit(side(given).numbers)(params, obs)
    return {
        "logits": float(np.abs(np.asarray(found[0]) - logits).max()),
        "values": float(np.abs(np.asarray(found[1]) - values).max()),
        "parameters": count_parameters(params),
    }


def _speed(job: SpeedJob) -> SpeedResult:
    """Time an update of our PPO and its parts."""
    devices, recipe = job["devices"], job["recipe"]
    given = parts(job["size"], job["network"])
    levels = load_levels(job["levels"], empty_level(given.env.engine.capacity), job["count"])
    ppo = trainer(given, recipe, levels, devices)
    begin = time.perf_counter()
    now = ppo.init(jax.random.key(0))
    ppo.compile(now)
    compile_seconds = time.perf_counter() - begin

    def update() -> TrainState:
        nonlocal now  # an update uses its state up
        now, _ = ppo.update(now, jax.random.key(1))
        return now

    for _ in range(WARM_UP):
        update()
    playing = jax.tree.map(np.array, (now.params, now.rows.state, now.rows.obs))
    own = rows(levels, np.arange(recipe["envs"]) % job["count"])
    limits = job["repeats"], job["seconds"]
    start = (playing[0], own, *playing[1:])
    total, repeats, split = time_parts(side(given), update, start, recipe["steps"], devices, limits)
    return {
        "rate": recipe["envs"] * recipe["steps"] / total,
        "compile_seconds": compile_seconds,
        "parameters": count_parameters(now.params),
        "devices": devices,
        "repeats": repeats,
        "split": split,
    }


def _judge(job: JudgeJob) -> JudgeResult:
    """Play the held-out levels with published parameters."""
    given = parts(job["size"], job["network"])
    judge = Evaluator(given.policy, given.env)
    levels = held_out(job["size"], job["levels"])
    found = judge.play(converted(job["outputs"], job["network"]), levels, jax.random.key(0), job["attempts"])
    return {"solved": found.solve_rate.mean, "error": found.solve_rate.error}


def run(what: str, job: Any) -> Any:
    """Do the job."""
    prepare(job.get("devices", 1))
    works: dict[str, Callable[[Any], Any]] = {
        "check": _check,
        "speed": _speed,
        "judge": _judge,
        "recipe": time_recipe,
        "reach": reach,
    }
    return works[what](job)


if __name__ == "__main__":
    what, job_file, result_file = sys.argv[1:]
    Path(result_file).write_text(json.dumps(run(what, json.loads(Path(job_file).read_text()))))
