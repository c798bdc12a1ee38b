"""How the environment is measured: what the command line decided, and the jobs that follow from it."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.common.output import note, rate
from benchmarks.common.processes import OURS, Interpreter, measure
from benchmarks.env.job import GenerationJob, GenerationResult, PlayJob, PlayResult

__all__ = ["POOL", "SIZES", "EnvPeer", "EnvPlan", "best_generation", "best_play", "generate", "play"]

SIZES = ("s", "m", "l")
WORKER = "benchmarks.env.worker"
POOL = 256  # levels that the environments play, in both


@dataclass(frozen=True, kw_only=True)
class EnvPeer:
    """Where the published environment runs, and how long its runs are."""

    interpreter: Interpreter
    steps: int  # of a run
    levels: int  # of a call of its generator
    seconds: float


@dataclass(frozen=True, kw_only=True)
class EnvPlan:
    """How everything is measured."""

    steps: int
    warm_up: int
    repeats: int
    levels: int  # of a call of the generator
    devices: int  # that a batch is split over; 1 on an accelerator
    folder: Path  # where generated levels are kept
    peer: EnvPeer | None


def _adapter(peer: EnvPeer | None) -> str:
    """The module that knows the environment's API."""
    return "benchmarks.env.peer" if peer else "benchmarks.env.ours"


def _file(plan: EnvPlan, size: str, whose: str) -> str:
    """Where the levels of a size are kept."""
    return str(plan.folder / f"{whose}-{size}.npz")


def generate(
    plan: EnvPlan, size: str, devices: int, peer: EnvPeer | None = None, *, once: bool = False
) -> GenerationResult:
    """Time a generator, ours without a peer; its levels are kept for `play`."""
    job: GenerationJob = {
        "size": size,
        "count": peer.levels if peer else plan.levels,
        "repeats": 1 if once else plan.repeats,
        "seconds": peer.seconds if peer else float("inf"),
        "devices": devices,
        "file": _file(plan, size, "peer" if peer else "ours"),
    }
    interpreter = peer.interpreter if peer else OURS
    result: GenerationResult = measure(interpreter, WORKER, job, _adapter(peer), "generation")
    return result


def play(
    plan: EnvPlan,
    size: str,
    lanes: int,
    devices: int,
    peer: EnvPeer | None = None,
    *,
    parts: tuple[str, ...] = ("env",),
    reset: str = "pool",
) -> list[PlayResult]:
    """Time an environment's steps, ours without a peer, on the levels that `generate` kept; one result per part."""
    job: PlayJob = {
        "size": size,
        "parts": list(parts),
        "reset": reset,
        "lanes": lanes,
        "steps": peer.steps if peer else plan.steps,
        "warm_up": plan.warm_up,
        "repeats": plan.repeats,
        "seconds": peer.seconds if peer else float("inf"),
        "devices": devices,
        "file": _file(plan, size, "peer" if peer else "ours"),
        "pool": POOL,
    }
    interpreter = peer.interpreter if peer else OURS
    results: list[PlayResult] = measure(interpreter, WORKER, job, _adapter(peer), "play")
    return results


def best_generation(plan: EnvPlan, size: str, peer: EnvPeer) -> GenerationResult:
    """The published generator on one device or on all, whichever is faster."""
    results = [generate(plan, size, devices, peer) for devices in sorted({1, plan.devices})]
    note("  peer, levels/s by devices: " + ", ".join(f"{rate(r['rate'])} on {r['devices']}" for r in results))
    return max(results, key=lambda result: result["rate"])


def best_play(plan: EnvPlan, size: str, lanes: int, peer: EnvPeer) -> tuple[PlayResult, str, PlayResult]:
    """The published environment in its best setting, what that is, and its result with a pool of levels.

    One device or all; then, on the better, levels that each environment keeps instead of a pool's."""
    pooled = [play(plan, size, lanes, devices, peer)[0] for devices in sorted({1, plan.devices})]
    first = max(pooled, key=lambda result: result["rate"])
    (own,) = play(plan, size, lanes, first["devices"], peer, reset="own")
    settings = [(result, f"pool on {result['devices']}") for result in pooled]
    settings.append((own, f"own level on {own['devices']}"))
    best, setting = max(settings, key=lambda pair: pair[0]["rate"])
    note("  peer, steps/s: " + ", ".join(f"{rate(result['rate'])} {name}" for result, name in settings))
    return best, setting, first
