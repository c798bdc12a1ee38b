"""Our own recipe, the defaults of `kinetix train`, with levels by SFL or at random: timed, and trained to a goal.

What the curriculum does to choose levels, generating and playing them, is in the time and not in the steps. The
learning rate stays as it is at the start, since it is not known when the goal will be reached."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import time
from typing import Any

import jax

from benchmarks.train.job import Curve, ReachJob, RecipeJob, RecipeResult
from kinetix_agents.evaluation import Estimate, Evaluator
from kinetix_agents.policies.network import count_parameters
from kinetix_agents.training.build import build_ppo
from kinetix_agents.training.config import RunConfig
from kinetix_env.plugins import registry
from kinetix_env.sources import held_out

__all__ = ["reach", "time_recipe"]

PERIOD = "refresh_every"  # the setting of a curriculum that says how often it chooses anew
GROWTH = 1.1  # an evaluation whenever the time spent has grown by a tenth


class Trainee:
    """Training by our recipe, on a stopwatch that runs during `begin` and `update` alone."""

    state: Any  # of the trainer

    def __init__(self, size: str, curriculum: str, seed: int, devices: int) -> None:
        known = registry()
        environment, self.curriculum = known.environments[f"kinetix-{size}"](), known.curricula[curriculum]()
        config = RunConfig(environment=environment, curriculum=self.curriculum)
        self.ppo = build_ppo(config, jax.devices()[:devices])
        self.key = jax.random.key(seed)
        self.updates, self.seconds = 0, 0.0
        self.begin()  # for the first time, which compiles
        first = self.seconds
        begin = time.perf_counter()
        self.ppo.compile(self.state)
        compiled = time.perf_counter() - begin
        self.begin()
        self.compile_seconds = first - self.seconds + compiled

    def begin(self) -> None:
        """Initialise training with new parameters."""
        self.updates, self.seconds = 0, 0.0
        self._clocked(lambda: self.ppo.init(self.key))

    def update(self) -> None:
        """Make one training update."""
        self.updates += 1
        self._clocked(lambda: self.ppo.update(self.state, jax.random.fold_in(self.key, self.updates))[0])

    @property
    def steps(self) -> int:
        """Training steps until now."""
        return self.updates * self.ppo.config.batch

    @property
    def parameters(self) -> int:
        """The parameters of the network."""
        return count_parameters(self.state.params)

    def _clocked(self, work: Any) -> None:
        begin = time.perf_counter()
        self.state = jax.block_until_ready(work())
        self.seconds += time.perf_counter() - begin


def time_recipe(job: RecipeJob) -> RecipeResult:
    """The mean rate over whole periods of the curriculum: now and then it takes its time to choose levels."""
    trainee = Trainee(job["size"], job["curriculum"], 0, job["devices"])
    period = getattr(trainee.curriculum, PERIOD, 1)
    begin = trainee.seconds
    while trainee.seconds - begin < job["seconds"] or trainee.updates % period:
        trainee.update()
    return {
        "rate": trainee.steps / (trainee.seconds - begin),
        "compile_seconds": trainee.compile_seconds,
        "parameters": trainee.parameters,
        "updates": trainee.updates,
        "envs": trainee.ppo.config.envs,
        "steps": trainee.ppo.config.steps,
        "devices": job["devices"],
    }


def reach(job: ReachJob) -> Curve:
    """Train until the success rate on the held-out levels is the target, in two evaluations with other draws."""
    trainee = Trainee(job["size"], job["curriculum"], job["seed"], job["devices"])
    judge = Evaluator(trainee.ppo.policy, trainee.ppo.env)
    levels = held_out(job["size"], job["levels"])

    def solved(draw: int) -> Estimate:
        key = jax.random.fold_in(jax.random.key(draw), trainee.updates)
        return judge.play(trainee.state.params, levels, key, job["attempts"]).solve_rate

    curve: Curve = {
        "reached": None,
        "seconds": [],
        "steps": [],
        "solved": [],
        "error": [],
        "compile_seconds": trainee.compile_seconds,
        "parameters": trainee.parameters,
        "devices": job["devices"],
    }
    while trainee.seconds < job["seconds"]:
        then = max(trainee.seconds + job["every"], trainee.seconds * GROWTH)
        while trainee.seconds < min(then, job["seconds"]):
            trainee.update()
        found = solved(0)
        curve["seconds"].append(trainee.seconds)
        curve["steps"].append(trainee.steps)
        curve["solved"].append(found.mean)
        curve["error"].append(found.error)
        if found.mean >= job["target"] and solved(1).mean >= job["target"]:  # no luck of one evaluation
            curve["reached"] = trainee.seconds
            break
    return curve
