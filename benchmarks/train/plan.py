"""How training is measured: what the command line decided, and the jobs that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common.output import note, rate
from benchmarks.common.processes import OURS, Interpreter, measure
from benchmarks.train.job import (
    CheckJob,
    CheckResult,
    Curve,
    JudgeJob,
    JudgeResult,
    LearnJob,
    LearnResult,
    ReachJob,
    Recipe,
    RecipeJob,
    RecipeResult,
    SpeedJob,
    SpeedResult,
)

__all__ = ["TrainPlan", "best_speed", "check", "generate", "judge", "learn", "reach", "time_recipe"]


@dataclass(frozen=True, kw_only=True)
class TrainPlan:
    """How everything is measured."""

    recipe: Recipe
    repeats: int
    seconds: float  # no further repeat after that long
    devices: tuple[int, ...]  # numbers of devices that are tried
    levels: int  # that the environments play where each keeps its own, see job.SpeedJob
    pool: int  # levels that the published parts learn from
    held_out: int  # levels
    attempts: int  # at each
    folder: Path
    peer: Interpreter | None


def generate(plan: TrainPlan, size: str, *, peer: bool, count: int) -> str:
    """The path of a file of `count` filtered random levels, of our generator or of the published one."""
    file = plan.folder / f"{'peer' if peer else 'ours'}-{size}-{count}.npz"
    if not file.exists():
        note(f"size {size}, {count} levels of {'the published' if peer else 'our'} generator ...")
        devices = max(number for number in plan.devices if count % number == 0)
        job = {"size": size, "count": count, "repeats": 1, "seconds": 0.0, "devices": devices, "file": str(file)}
        _run(plan, peer, "benchmarks.env.worker", job, f"benchmarks.env.{'peer' if peer else 'ours'}", "generation")
    return str(file)


def best_speed(plan: TrainPlan, size: str, network: str, *, peer: bool) -> tuple[SpeedResult, str]:
    """Training with the numbers of devices that are tried: the fastest, and the file of the network's outputs."""
    outputs = str(plan.folder / f"outputs-{size}-{network}.npz") if peer else ""
    results: list[SpeedResult] = []
    for devices in plan.devices:
        job: SpeedJob = {
            "size": size,
            "network": network,
            "recipe": plan.recipe,
            "repeats": plan.repeats,
            "seconds": plan.seconds,
            "devices": devices,
            "levels": generate(plan, size, peer=peer, count=plan.levels),
            "count": plan.levels,
            "outputs": outputs,
        }
        results.append(_run(plan, peer, _worker(peer), job, "speed"))
    who = "peer" if peer else "ours"
    note(f"  {who}, steps/s: " + ", ".join(f"{rate(each['rate'])} on {each['devices']}" for each in results))
    return max(results, key=lambda result: result["rate"]), outputs


def check(plan: TrainPlan, size: str, network: str, outputs: str) -> CheckResult:
    """How far our network is from the published one with the same parameters on the same observations."""
    job: CheckJob = {"size": size, "network": network, "outputs": outputs}
    result: CheckResult = _run(plan, False, _worker(False), job, "check")
    return result


def time_recipe(plan: TrainPlan, size: str, curriculum: str, seconds: float) -> RecipeResult:
    """Training by our own recipe."""
    job: RecipeJob = {"size": size, "curriculum": curriculum, "seconds": seconds, "devices": max(plan.devices)}
    result: RecipeResult = _run(plan, False, _worker(False), job, "recipe")
    return result


def learn(plan: TrainPlan, size: str, network: str, *, seconds: float, seed: int, devices: int) -> LearnResult:
    """Train the published parts; the parameters are in the file that `judge` reads."""
    job: LearnJob = {
        "size": size,
        "network": network,
        "recipe": plan.recipe,
        "seconds": seconds,
        "seed": seed,
        "devices": devices,
        "levels": generate(plan, size, peer=True, count=plan.pool),
        "count": plan.pool,
        "outputs": _learnt(plan, size, network, seed),
    }
    result: LearnResult = _run(plan, True, _worker(True), job, "learn")
    return result


def judge(plan: TrainPlan, size: str, network: str, seed: int) -> JudgeResult:
    """How many of the held-out levels the published network solves after `learn`."""
    job: JudgeJob = {
        "size": size,
        "network": network,
        "outputs": _learnt(plan, size, network, seed),
        "attempts": plan.attempts,
        "levels": plan.held_out,
        "devices": max(plan.devices),
    }
    result: JudgeResult = _run(plan, False, _worker(False), job, "judge")
    return result


def reach(
    plan: TrainPlan, size: str, curriculum: str, *, seed: int, target: float, every: float, seconds: float
) -> Curve:
    """Train by our own recipe until the target is reached."""
    job: ReachJob = {
        "size": size,
        "curriculum": curriculum,
        "seed": seed,
        "target": target,
        "attempts": plan.attempts,
        "levels": plan.held_out,
        "every": every,
        "seconds": seconds,
        "devices": max(plan.devices),
    }
    result: Curve = _run(plan, False, _worker(False), job, "reach")
    return result


def _learnt(plan: TrainPlan, size: str, network: str, seed: int) -> str:
    return str(plan.folder / f"learnt-{size}-{network}-{seed}.npz")


def _worker(peer: bool) -> str:
    return f"benchmarks.train.{'peer' if peer else 'ours'}_worker"


def _run(plan: TrainPlan, peer: bool, program: str, job: Mapping[str, Any], *arguments: str) -> Any:
    if not peer:
        return measure(OURS, program, job, *arguments)
    if plan.peer is None:
        raise ValueError("There is no interpreter that has the published environment.")
    return measure(plan.peer, program, job, *arguments)
