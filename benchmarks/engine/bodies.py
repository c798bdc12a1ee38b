"""Cost against the number of bodies: half boxes (or triangles), half circles, besides the boundary.

Every pair of bodies has its contact slots whether or not it touches, so the work grows with the square of the
number of bodies once the pairs outweigh what each body costs. The last line fits rate = c * bodies^-exponent."""

from typing import TypedDict

import numpy as np

from benchmarks.common.output import note, rate, show, table
from benchmarks.engine.description import WALLS, Counts
from benchmarks.engine.plan import Plan, make_job, our_result, peer_result
from benchmarks.engine.scenes import random_scenes

__all__ = ["BODIES", "BodiesRow", "measure_bodies"]

BODIES = (8, 16, 32, 64)
LANES = 1024
PEER_LANES = 256  # its rate hardly depends on the number of scenes, its time for 1024 scenes of 64 bodies does
PEER_STEPS = 4


class BodiesRow(TypedDict):
    """One number of bodies; rates are scene steps per second, the peer's None if it was not measured."""

    bodies: int
    pairs: int
    ours: float
    peer: float | None
    ratio: float | None
    compile_ours: float
    compile_peer: float | None


def _counts(bodies: int) -> Counts:
    """Slots for that many movable bodies, with one joint and one thruster."""
    return {"polygons": WALLS + bodies // 2, "circles": bodies - bodies // 2, "joints": 1, "thrusters": 1}


def _measure(plan: Plan, bodies: int) -> BodiesRow:
    """Both engines for one number of bodies."""
    counts, scale = _counts(bodies), min(1.0, (12 / bodies) ** 0.5)  # the same area for all
    job = make_job(plan, counts, random_scenes(counts, 16, scale=scale), LANES)
    note(f"{bodies} bodies ...")
    ours = our_result(job)["timing"]
    theirs = None
    if plan.peer is not None:
        fewer = {**job, "lanes": PEER_LANES, "warm_up": PEER_STEPS}
        theirs = peer_result(plan.peer, fewer, plan.devices, steps=PEER_STEPS)["timing"]  # type: ignore[arg-type]
    return {
        "bodies": bodies,
        "pairs": bodies * (bodies - 1) // 2 + WALLS * bodies,
        "ours": ours["rate"],
        "peer": theirs["rate"] if theirs else None,
        "ratio": ours["rate"] / theirs["rate"] if theirs else None,
        "compile_ours": ours["compile_seconds"],
        "compile_peer": theirs["compile_seconds"] if theirs else None,
    }


def _exponent(rows: list[BodiesRow], key: str) -> str:
    """Exponent of the cost, fitted over all rows, and from the last row to the one before it."""
    measured = [(row["bodies"], row[key]) for row in rows if row[key]]  # type: ignore[literal-required]
    if len(measured) < 2:
        return "-"
    bodies, rates = np.log(np.array(measured, float)).T
    last = (rates[-2] - rates[-1]) / (bodies[-1] - bodies[-2])
    return f"{-np.polyfit(bodies, rates, 1)[0]:.2f} (last doubling {last:.2f})"


def measure_bodies(plan: Plan) -> list[BodiesRow]:
    """Measure and print the table."""
    rows = [_measure(plan, bodies) for bodies in BODIES]
    lines = [
        [
            str(row["bodies"]),
            str(row["pairs"]),
            rate(row["ours"]),
            rate(row["peer"]),
            show(row["ratio"]),
            show(1e6 / row["ours"], ".3g"),
            show(1e6 / row["peer"] if row["peer"] else None, ".3g"),
            show(row["compile_ours"]),
            show(row["compile_peer"]),
        ]
        for row in rows
    ]
    heads = ["bodies", "pairs", "steps/s", "peer", "ratio", "us/step", "peer", "compile s", "peer"]
    print(table("Cost against the number of movable bodies (one step of one scene)", heads, lines))
    print(f"Exponent of the cost in the number of bodies: {_exponent(rows, 'ours')}, peer {_exponent(rows, 'peer')}.")
    print(f"Ours: {LANES} scenes. Peer: {PEER_LANES} scenes, runs of {PEER_STEPS} steps, {plan.devices} devices.")
    return rows
