"""The table of time to result: how long ours takes to become as good as the published parts do in a given time.

The published parts train on random levels; their parameters then play the held-out levels in our environment, and so
do ours. The goal is the mean success rate over the seeds of the published parts; each seed of ours trains until it has
reached that."""

from statistics import mean
from typing import TypedDict

from benchmarks.common.output import note, show, table
from benchmarks.train.job import Curve, JudgeResult, LearnResult, Recipe
from benchmarks.train.plan import TrainPlan, judge, learn, reach

__all__ = ["TimeRow", "measure_time"]


class TimeRow(TypedDict):
    """Seconds to the same success rate on held-out levels, without compilation unless the field says otherwise."""

    kind: str  # "time_to_result"
    size: str
    network: str  # of the published parts
    curriculum: str  # of ours
    target: float
    recipe: Recipe  # of the published parts
    peer: list[LearnResult]  # a seed each
    judged: list[JudgeResult]
    ours: list[Curve]
    seconds_ours: list[float | None]
    seconds_peer: list[float]
    ratio: float | None  # of the means; None if a seed of ours did not reach the target
    ratio_with_compilation: float | None


def measure_time(
    plan: TrainPlan, size: str, network: str, curriculum: str, *, seeds: int, seconds: float, devices: int
) -> TimeRow:
    """Train the published parts for so long, then ours until they are as good. Prints the table."""
    peer: list[LearnResult] = []
    judged: list[JudgeResult] = []
    for seed in range(seeds):
        note(f"size {size}, published parts, {network}, seed {seed}: {seconds:.0f} s of training ...")
        peer.append(learn(plan, size, network, seconds=seconds, seed=seed, devices=devices))
        judged.append(judge(plan, size, network, seed))
        note(f"  {peer[-1]['steps'] / 1e6:.2f} M steps, held-out levels solved {judged[-1]['solved']:.3f}")
    target = mean(each["solved"] for each in judged)
    ours: list[Curve] = []
    for seed in range(seeds):
        note(f"size {size}, ours, {curriculum}, seed {seed}: until {target:.3f} of the held-out levels are solved ...")
        every = max(1.0, seconds / 300)
        ours.append(reach(plan, size, curriculum, seed=seed, target=target, every=every, seconds=seconds))
        note(f"  reached after {show(ours[-1]['reached'])} s, solved {ours[-1]['solved'][-1]:.3f}")
    row = _row(plan, size, network, curriculum, target, peer, judged, ours)
    _print(plan, row)
    return row


def _row(
    plan: TrainPlan,
    size: str,
    network: str,
    curriculum: str,
    target: float,
    peer: list[LearnResult],
    judged: list[JudgeResult],
    ours: list[Curve],
) -> TimeRow:
    """The figures of one row."""
    reached = [curve["reached"] for curve in ours]
    took = [seconds for seconds in reached if seconds is not None]
    whole = len(took) == len(ours)
    compiled = mean(each["compile_seconds"] for each in peer), mean(curve["compile_seconds"] for curve in ours)
    needed = mean(each["seconds"] for each in peer)
    return {
        "kind": "time_to_result",
        "size": size,
        "network": network,
        "curriculum": curriculum,
        "target": target,
        "recipe": plan.recipe,
        "peer": peer,
        "judged": judged,
        "ours": ours,
        "seconds_ours": reached,
        "seconds_peer": [each["seconds"] for each in peer],
        "ratio": needed / mean(took) if whole else None,
        "ratio_with_compilation": (needed + compiled[0]) / (mean(took) + compiled[1]) if whole else None,
    }


def _print(plan: TrainPlan, row: TimeRow) -> None:
    """Print a line per seed and side, and the ratios of the times."""
    lines = []
    for seed, (peer, judged) in enumerate(zip(row["peer"], row["judged"], strict=True)):
        figures = [f"{peer['steps'] / 1e6:.2f} M", f"{judged['solved']:.3f} ± {judged['error']:.3f}"]
        lines.append(["peer", str(seed), show(peer["seconds"]), show(peer["compile_seconds"]), *figures])
    for seed, curve in enumerate(row["ours"]):
        figures = [f"{curve['steps'][-1] / 1e6:.2f} M", f"{curve['solved'][-1]:.3f} ± {curve['error'][-1]:.3f}"]
        lines.append(["ours", str(seed), show(curve["reached"]), show(curve["compile_seconds"]), *figures])
    heads = ["", "seed", "seconds", "compile s", "steps", "held-out solved"]
    title = (
        f"Time to result, size {row['size'].upper()}: the published {row['network']} network for a given time on "
        f"random levels, then set-mlp with {row['curriculum']} levels until it solves {row['target']:.3f} of "
        f"{plan.held_out} held-out levels ({plan.attempts} attempts each)"
    )
    print(table(title, heads, lines))
    print(
        f"Ratio of the mean seconds of training: {show(row['ratio'])}; with compilation on both sides: "
        f"{show(row['ratio_with_compilation'])}. Evaluations are in neither, and drawing the peer's levels is not.",
        flush=True,
    )
