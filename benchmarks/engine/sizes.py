"""The main table: the three published sizes, this engine and the published Jax2D on the same scenes.

Both engines run the same scenes with the same velocities and actions. The peer's better setting counts: it is
timed on one device and split over all cores as ours is, at the smallest number of scenes. Its runs may be shorter,
since it is slower; a rate is per step. The check compares both engines after the same warm-up."""

from typing import TypedDict

import numpy as np

from benchmarks.common.output import note, rate, show, table
from benchmarks.engine.job import Job, Outcome, Result
from benchmarks.engine.plan import Peer, Plan, make_job, our_result, peer_result
from benchmarks.engine.scenes import COUNTS, random_scenes

__all__ = ["SizeRow", "measure_sizes"]

DISTANCE = 0.05  # m, median distance between the same bodies in both engines that the check allows: contacts are
# chaotic, and the peer solves some of them side by side where ours solves them one after the other
SHARE = 0.15  # the same for mean height above the world's bottom and number of contacts


class SizeRow(TypedDict):
    """One row of the main table; the peer's figures are None if it was not measured."""

    size: str
    scenes: int
    ours: float  # scene steps per second
    peer: float | None
    ratio: float | None
    compile_ours: float  # s
    compile_peer: float | None


def _best_setting(peer: Peer, job: Job) -> Result:
    """The published engine on one device or on all, whichever is faster."""
    results = [peer_result(peer, job, devices) for devices in sorted({1, job["devices"]})]
    rates = [f"{rate(r['timing']['rate'])} on {r['timing']['devices']}" for r in results]
    best = max(results, key=lambda result: result["timing"]["rate"])
    note(f"  peer, steps/s by devices: {', '.join(rates)}; taken: {best['timing']['devices']}")
    return best


def check(ours: Outcome, peer: Outcome) -> tuple[bool, str]:
    """Whether both engines simulated the same, and the figures that say so."""
    gap = np.linalg.norm(np.array(ours["positions"]) - np.array(peer["positions"]), axis=-1)
    median, most = (float(np.percentile(gap, share)) for share in (50, 90))
    agree = ours["finite"] and peer["finite"] and median <= DISTANCE
    for mine, theirs in ((ours["height"], peer["height"]), (ours["pushing"], peer["pushing"])):
        agree &= abs(mine - theirs) <= SHARE * theirs
    return agree, (
        f"mean height {ours['height']:.3f} m (peer {peer['height']:.3f}), "
        f"pushing contact points a scene {ours['pushing']:.2f} (peer {peer['pushing']:.2f}), "
        f"distance between the same bodies: median {median:.1e} m, nine in ten below {most:.1e} m"
    )


def _measure_size(plan: Plan, size: str, batches: list[int]) -> tuple[list[SizeRow], list[list[str]], bool]:
    """All batches of one size, smallest first: rows, printed rows, and whether the check agreed."""
    rows: list[SizeRow] = []
    lines: list[list[str]] = []
    agreed, devices = True, plan.devices
    scenes = random_scenes(COUNTS[size])
    for lanes in sorted(batches):
        note(f"size {size}, {lanes} scenes ...")
        job = make_job(plan, COUNTS[size], scenes, lanes)
        ours, peer = our_result(job), None
        if plan.peer is not None and lanes == min(batches):
            peer = _best_setting(plan.peer, job)
            devices = peer["timing"]["devices"]
            agreed, figures = check(ours["outcome"], peer["outcome"])
            note(f"  check after {plan.steps} steps {'passed' if agreed else 'FAILED'}: {figures}")
        elif plan.peer is not None:
            peer = peer_result(plan.peer, {**job, "warm_up": plan.peer.steps}, devices)
        rows.append(_row(size, lanes, ours, peer))
        note(f"  {rate(rows[-1]['ours'])} steps/s, peer {rate(rows[-1]['peer'])}, ratio {show(rows[-1]['ratio'])}")
        lines.append(_line(rows[-1], ours, peer))
    return rows, lines, agreed


def _row(size: str, lanes: int, ours: Result, peer: Result | None) -> SizeRow:
    """The figures of one row."""
    mine, theirs = ours["timing"], peer["timing"] if peer else None
    return {
        "size": size,
        "scenes": lanes,
        "ours": mine["rate"],
        "peer": theirs["rate"] if theirs else None,
        "ratio": mine["rate"] / theirs["rate"] if theirs else None,
        "compile_ours": mine["compile_seconds"],
        "compile_peer": theirs["compile_seconds"] if theirs else None,
    }


def _line(row: SizeRow, ours: Result, peer: Result | None) -> list[str]:
    """The row as printed."""
    mine, theirs = ours["timing"], peer["timing"] if peer else None
    runs = f"{mine['steps']} x {mine['repeats']}" + (f", {theirs['steps']} x {theirs['repeats']}" if theirs else "")
    return [
        row["size"].upper(),
        str(row["scenes"]),
        rate(row["ours"]),
        rate(row["peer"]),
        show(row["ratio"], ".1f"),
        show(row["compile_ours"]),
        show(row["compile_peer"]),
        f"{mine['bytes_per_scene']:.0f}",
        f"{theirs['bytes_per_scene']:.0f}" if theirs else "-",
        str(mine["devices"]),
        str(theirs["devices"]) if theirs else "-",
        runs,
    ]


HEADS = ["size", "scenes", "steps/s", "peer", "ratio", "compile s", "peer", "bytes/scene", "peer", "devices", "peer"]


def measure_sizes(plan: Plan, sizes: list[str], batches: list[int]) -> tuple[list[SizeRow], bool]:
    """Measure and print the table; the rows, and whether every check agreed."""
    rows: list[SizeRow] = []
    lines: list[list[str]] = []
    agreed = True
    for size in sizes:
        more_rows, more_lines, agrees = _measure_size(plan, size, batches)
        rows, lines, agreed = rows + more_rows, lines + more_lines, agreed and agrees
    title = "Engine steps per second (a step of one scene), best run; compile time apart"
    print(table(title, [*HEADS, "steps x runs"], lines), flush=True)
    return rows, agreed
