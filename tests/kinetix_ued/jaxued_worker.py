"""Runs in an environment with jaxued 0.0.1: the replay distributions of its LevelSampler for the cases in a file.

`python jaxued_worker.py CASES.json ANSWERS.json`"""

import importlib.util
import json
import sys
import types
from pathlib import Path

# The package jaxued.environments imports a maze that draws itself, and for it gymnax and forty more distributions. The
# sampler wants one type out of a module of it, which can be had without running the package's own __init__.
package = types.ModuleType("jaxued.environments")
package.__path__ = [str(Path(importlib.util.find_spec("jaxued").origin).parent / "environments")]
sys.modules[package.__name__] = package

import jax.numpy as jnp  # noqa: E402
from jaxued.level_sampler import LevelSampler  # noqa: E402


def weights(case: dict) -> list[float]:
    score = [-float("inf") if value is None else value for value in case["score"]]
    topk = case["prioritization"] == "top-k"
    sampler = LevelSampler(
        len(score),
        staleness_coeff=case["staleness"],
        prioritization="topk" if topk else "rank",
        prioritization_params={"k": case["top_k"]} if topk else {"temperature": case["temperature"]},
    )
    state = {
        "scores": jnp.asarray(score, jnp.float32),
        "timestamps": jnp.asarray(case["last_seen"], jnp.int32),
        "size": case["size"],
        "episode_count": case["now"],
    }
    return [float(weight) for weight in sampler.level_weights(state)]


if __name__ == "__main__":
    cases = json.loads(Path(sys.argv[1]).read_text())
    Path(sys.argv[2]).write_text(json.dumps([weights(case) for case in cases]))
