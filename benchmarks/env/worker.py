"""The process that measures one environment: read a job, run it, write the result.

Run as `python -m benchmarks.env.worker ADAPTER generation|pixels|play JOB.json RESULT.json`; the adapter is the
module `ours` or `peer`."""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from benchmarks.common.stopwatch import prepare
from benchmarks.env.generation import time_generation
from benchmarks.env.pixels import time_pixels
from benchmarks.env.rollout import time_play
from benchmarks.env.task import Adapter, load_levels

__all__ = ["run"]


def run(adapter: str, what: str, job: Any) -> Any:
    """Measure generation, images or play."""
    prepare(job["devices"])
    module = cast("Adapter", import_module(adapter))  # only now: an environment may use JAX as it is imported
    if what == "generation":
        return time_generation(module.sampler(job["size"]), job)
    if what == "pixels":
        return time_pixels(module.eye(job["size"]), module.template(job["size"]), job)
    tasks = [module.task(job["size"], part, job["reset"]) for part in job["parts"]]
    return time_play(tasks, load_levels(job["file"], module.template(job["size"]), job["pool"]), job)


if __name__ == "__main__":
    name, what, job_file, result_file = sys.argv[1:]
    Path(result_file).write_text(json.dumps(run(name, what, json.loads(Path(job_file).read_text()))))
