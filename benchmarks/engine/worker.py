"""The process that measures one JAX engine: read a job, build the scenes, time them, write the result.

Run as `python -m benchmarks.engine.worker ADAPTER JOB.json RESULT.json`; the adapter (the module `ours` or `peer`) only
says how its engine builds and steps scenes, all else is shared, so that the engines are measured alike. Adapters
number bodies alike (boundary, polygons, circles), which lets the check compare body by body."""

import json
import sys
from importlib import import_module
from pathlib import Path

import numpy as np

from benchmarks.common.stopwatch import prepare
from benchmarks.engine.description import WALLS
from benchmarks.engine.job import Job, Outcome, Result
from benchmarks.engine.rollout import time_rollout
from benchmarks.engine.scenes import random_actions, random_velocities
from benchmarks.engine.simulation import Simulation, Tree

__all__ = ["run"]

COMPARED_LANES = 64  # the check looks at the bodies of that many scenes


def _outcome(simulation: Simulation, state: Tree, bodies: int) -> Outcome:
    """Summarise the states after the warm-up."""
    positions, impulses = simulation.observe(state)
    moving = positions[:, WALLS : WALLS + bodies]
    return {
        "positions": moving[:COMPARED_LANES].round(6).tolist(),
        "height": float(moving[..., 1].mean()),
        "pushing": float((impulses > 0).sum(1).mean()),
        "finite": bool(np.isfinite(positions).all()),
    }


def run(adapter: str, job: Job) -> Result:
    """Build, warm up and time the scenes of a job."""
    prepare(job["devices"])
    build = import_module(adapter).build  # only now: an engine may use JAX as it is imported
    lanes, bodies = job["lanes"], len(job["scenes"][0]["bodies"])
    simulation: Simulation = build(job, random_velocities(lanes, bodies, job["speed"]))
    actions = job["counts"]["joints"] + job["counts"]["thrusters"]
    drawn = random_actions(job["warm_up"] + job["steps"], lanes, actions)
    warm_up, timed = drawn[: job["warm_up"]], drawn[job["warm_up"] :]
    if job["full_action"]:
        warm_up = np.ones_like(warm_up)
    state, timing = time_rollout(simulation, warm_up, timed, job)
    return {"timing": timing, "outcome": _outcome(simulation, state, bodies)}


if __name__ == "__main__":
    adapter, job_file, result_file = sys.argv[1:]
    Path(result_file).write_text(json.dumps(run(adapter, json.loads(Path(job_file).read_text()))))
