"""The table of images: pixel observations per second of both environments at the published resolution."""

from typing import TypedDict

from benchmarks.common.output import note, rate, show, table
from benchmarks.common.processes import OURS, measure
from benchmarks.env.job import PixelsJob, PixelsResult
from benchmarks.env.plan import EnvPeer, EnvPlan

__all__ = ["PixelsRow", "measure_pixels"]


class PixelsRow(TypedDict):
    """Images per second; the peer's figures are None if it was not measured."""

    kind: str  # "pixels"
    size: str
    images: int  # a call
    shape: list[int]
    ours: float
    peer: float | None
    ratio: float | None
    compile_ours: float  # s
    compile_peer: float | None


def _best(plan: EnvPlan, size: str, images: int, peer: EnvPeer | None = None) -> PixelsResult:
    """One environment, ours without a peer, on one device or on all, whichever is faster."""
    results: list[PixelsResult] = []
    for devices in sorted({1, plan.devices}):
        job: PixelsJob = {
            "size": size,
            "count": images,
            "repeats": 4 * plan.repeats,  # a call takes a fraction of a second
            "seconds": peer.seconds if peer else float("inf"),
            "devices": devices,
        }
        interpreter, adapter = (peer.interpreter, "benchmarks.env.peer") if peer else (OURS, "benchmarks.env.ours")
        results.append(measure(interpreter, "benchmarks.env.worker", job, adapter, "pixels"))
    whose = "peer" if peer else "ours"
    note(f"  {whose}, images/s: " + ", ".join(f"{rate(r['rate'])} on {r['devices']}" for r in results))
    return max(results, key=lambda result: result["rate"])


def measure_pixels(plan: EnvPlan, sizes: list[str], images: int) -> list[PixelsRow]:
    """Paint levels of each size. Prints the table."""
    rows: list[PixelsRow] = []
    lines: list[list[str]] = []
    for size in sizes:
        note(f"size {size}, pixels ...")
        ours = _best(plan, size, images)
        peer = _best(plan, size, images, plan.peer) if plan.peer else None
        if peer and peer["shape"] != ours["shape"]:
            raise ValueError(f"Images of different shapes: {ours['shape']}, peer {peer['shape']}.")
        row: PixelsRow = {
            "kind": "pixels",
            "size": size,
            "images": images,
            "shape": ours["shape"],
            "ours": ours["rate"],
            "peer": peer["rate"] if peer else None,
            "ratio": ours["rate"] / peer["rate"] if peer else None,
            "compile_ours": ours["compile_seconds"],
            "compile_peer": peer["compile_seconds"] if peer else None,
        }
        rows.append(row)
        pair = [ours, peer] if peer else [ours]
        lines.append(
            [
                size.upper(),
                " x ".join(map(str, row["shape"])),
                *(rate(row["ours"]), rate(row["peer"]), show(row["ratio"])),
                *(show(row["compile_ours"]), show(row["compile_peer"])),
                ", ".join(str(result["devices"]) for result in pair),
                ", ".join(result["kind"] for result in pair),
                ", ".join(f"{result['count']} x {result['repeats']}" for result in pair),
            ]
        )
    heads = ["size", "shape", "images/s", "peer", "ratio", "compile s", "peer", "devices", "numbers", "images x calls"]
    print(table("Pixel observations per second, best call; compile time apart", heads, lines), flush=True)
    return rows
