"""How everything is measured: what the command line decided, and the jobs that follow from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.common.processes import OURS, Interpreter, measure
from benchmarks.engine.description import Counts, Description
from benchmarks.engine.job import Job, Result

__all__ = ["Peer", "Plan", "make_job", "our_result", "peer_result"]

SPEED = 1.0  # m/s, initial velocities
PEER_LEAST = {"polygons": 5, "circles": 2, "joints": 1, "thrusters": 1}  # slots without which the peer fails


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Where the published engine runs, and how long its runs are."""

    interpreter: Interpreter
    steps: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How everything is measured."""

    steps: int
    repeats: int
    devices: int  # that the batch is split over; 1 on an accelerator
    cores: int
    peer: Peer | None


def make_job(plan: Plan, counts: Counts, scenes: Sequence[Description], lanes: int, *, speed: float = SPEED) -> Job:
    """A job for our engine: random actions, all the runs the plan asks for."""
    return {
        "counts": counts,
        "scenes": list(scenes),
        "lanes": lanes,
        "speed": speed,
        "steps": plan.steps,
        "warm_up": plan.steps,
        "full_action": False,
        "repeats": plan.repeats,
        "seconds": float("inf"),
        "devices": plan.devices,
    }


def our_result(job: Job) -> Result:
    """Measure this engine."""
    result: Result = measure(OURS, "benchmarks.engine.worker", job, "benchmarks.engine.ours")
    return result


def peer_result(peer: Peer, job: Job, devices: int, *, steps: int | None = None) -> Result:
    """Measure the published engine on the same job, with its own run length and at least the slots it needs."""
    counts = {kind: max(count, PEER_LEAST[kind]) for kind, count in job["counts"].items()}
    shorter = {**job, "counts": counts, "steps": steps or peer.steps, "seconds": peer.seconds, "devices": devices}
    result: Result = measure(peer.interpreter, "benchmarks.engine.worker", shorter, "benchmarks.engine.peer")
    return result
