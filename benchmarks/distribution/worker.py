"""The process of one generator: draw levels, write their columns, play some of them.

Run as `python -m benchmarks.distribution.worker ADAPTER JOB.json RESULT.json`; the adapter (the module
`ours` or `peer`) draws levels with and without the filter, names their numbers and plays them.

Both generators' processes import this file, so it needs JAX and NumPy only."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import jax
import numpy as np

from benchmarks.distribution.job import DrawJob, Plays, Verdicts

__all__ = ["run"]

CHUNK = 512  # levels drawn or played at once
MOTORS, THRUSTERS = 4, 2  # numbers of an action


def _draw(sample: Any, count: int, seed: int) -> Any:
    """Levels stacked along their first axis, as NumPy arrays; `sample` takes a key and draws a chunk."""
    keys = jax.random.split(jax.random.PRNGKey(seed), -(-count // CHUNK))
    sample = jax.jit(sample, static_argnums=1)
    chunks = [jax.tree.map(np.asarray, sample(key, min(CHUNK, count))) for key in keys]
    return jax.tree.map(lambda *parts: np.concatenate(parts)[:count], *chunks)


def _play(play: Any, levels: Any, job: DrawJob, *, random: bool) -> Verdicts:
    """Play some levels, with random actions or none; `play` takes levels and actions [step, level, number]."""
    numbers = np.random.RandomState(job["seed"])
    shape = (job["steps"], job["plays"], 1)
    choices = [numbers.randint(3, size=shape) for _ in range(MOTORS)]
    choices += [numbers.randint(2, size=shape) for _ in range(THRUSTERS)]
    actions = np.concatenate(choices, axis=-1).astype(np.int32) * random
    ends = np.asarray(play(jax.tree.map(lambda x: x[: job["plays"]], levels), actions))
    return {"solved": float((ends > 0).mean()), "failed": float((ends < 0).mean())}


def run(adapter: str, job: DrawJob) -> Plays | None:
    """Draw, write the columns, play."""
    generator = import_module(adapter).generator(job["size"])
    columns: dict[str, np.ndarray] = {}
    plays: dict[str, Verdicts] = {}
    play = jax.jit(generator.play)
    for name, sample in (("unfiltered", generator.unfiltered), ("filtered", generator.filtered)):
        levels = _draw(sample, job["levels"], job["seed"])
        columns |= {f"{name}/{key}": value for key, value in generator.columns(levels).items()}
        if job["plays"]:
            for how in ("nothing", "random"):
                plays[f"{name}_{how}"] = _play(play, levels, job, random=how == "random")
    table: Any = columns
    np.savez_compressed(job["file"], **table)
    return Plays(**plays) if plays else None  # type: ignore[typeddict-item]


if __name__ == "__main__":
    adapter, job_file, result_file = sys.argv[1:]
    Path(result_file).write_text(json.dumps(run(adapter, json.loads(Path(job_file).read_text()))))
