"""The tables of the training benchmark that time updates: identical networks on both sides, and our own recipe."""

from typing import TypedDict

from benchmarks.common.output import note, rate, show, table
from benchmarks.common.processes import WorkerError
from benchmarks.train.job import CheckResult, RecipeResult, SpeedResult, Split
from benchmarks.train.plan import TrainPlan, best_speed, check, time_recipe

__all__ = ["RecipeRow", "SpeedRow", "measure_recipe", "measure_speed"]

PARTS = ("physics", "observation", "forward", "update")
ALIKE = 1e-3  # the networks' logits and values may differ by so much of the largest of them: sums in another order


class SpeedRow(TypedDict):
    """Training steps per second; the peer's figures are None if it was not measured."""

    kind: str  # "train"
    size: str
    network: str
    parameters: int
    ours: float
    peer: float | None
    ratio: float | None
    compile_ours: float  # s
    compile_peer: float | None
    devices_ours: int
    devices_peer: int | None
    split_ours: Split  # s of an update
    split_peer: Split | None
    difference: CheckResult | None  # between the two networks with the same parameters


class RecipeRow(TypedDict):
    """Training steps per second of our own recipe."""

    kind: str  # "recipe"
    size: str
    curriculum: str
    result: RecipeResult


def _checked(plan: TrainPlan, size: str, network: str, outputs: str) -> CheckResult:
    """The difference between the two networks; an error if they are not the same function."""
    found = check(plan, size, network, outputs)
    alike = found["logits"] <= ALIKE and found["values"] <= ALIKE
    note(
        f"  check of the network {'passed' if alike else 'FAILED'}: with the same {found['parameters']} parameters on "
        f"the same observations, logits differ by {found['logits']:.1e} at most, values by {found['values']:.1e}"
    )
    if not alike:
        raise WorkerError(f"The two {network} networks are not the same function.")
    return found


def measure_speed(plan: TrainPlan, sizes: list[str], networks: list[str]) -> list[SpeedRow]:
    """Train the same network on both sides. Prints two tables."""
    rows: list[SpeedRow] = []
    for size in sizes:
        for network in networks:
            note(f"size {size}, {network} ...")
            peer, difference = None, None
            if plan.peer is not None:
                peer, outputs = best_speed(plan, size, network, peer=True)
                difference = _checked(plan, size, network, outputs)
            ours, _ = best_speed(plan, size, network, peer=False)
            rows.append(_speed_row(size, network, ours, peer, difference))
    lines = [_speed_line(row) for row in rows]
    heads = ["size", "network", "parameters", "ours", "peer", "ratio", "compile s", "peer", "devices", "peer"]
    recipe = plan.recipe
    title = (
        f"Training steps per second, {recipe['envs']} environments x {recipe['steps']} steps, {recipe['epochs']} "
        f"epochs of {recipe['minibatches']} minibatches; compile time apart"
    )
    print(table(title, heads, lines), flush=True)
    _print_split(plan, rows)
    return rows


def _speed_row(
    size: str, network: str, ours: SpeedResult, peer: SpeedResult | None, difference: CheckResult | None
) -> SpeedRow:
    """The figures of one row."""
    return {
        "kind": "train",
        "size": size,
        "network": network,
        "parameters": ours["parameters"],
        "ours": ours["rate"],
        "peer": peer["rate"] if peer else None,
        "ratio": ours["rate"] / peer["rate"] if peer else None,
        "compile_ours": ours["compile_seconds"],
        "compile_peer": peer["compile_seconds"] if peer else None,
        "devices_ours": ours["devices"],
        "devices_peer": peer["devices"] if peer else None,
        "split_ours": ours["split"],
        "split_peer": peer["split"] if peer else None,
        "difference": difference,
    }


def _speed_line(row: SpeedRow) -> list[str]:
    """A row as printed."""
    return [
        row["size"].upper(),
        row["network"],
        f"{row['parameters'] / 1e3:.0f} k",
        rate(row["ours"]),
        rate(row["peer"]),
        show(row["ratio"]),
        show(row["compile_ours"]),
        show(row["compile_peer"]),
        str(row["devices_ours"]),
        show(row["devices_peer"], "d"),
    ]


def _print_split(plan: TrainPlan, rows: list[SpeedRow]) -> None:
    """Print the microseconds per training step of each part."""
    steps = plan.recipe["envs"] * plan.recipe["steps"]
    lines = []
    for row in rows:
        for who, split in (("ours", row["split_ours"]), ("peer", row["split_peer"])):
            if split is not None:
                seconds = [split["physics"], split["observation"], split["forward"], split["update"]]
                figures = [f"{1e6 * part / steps:.1f}" for part in (*seconds, sum(seconds))]
                lines.append([row["size"].upper(), row["network"], who, *figures])
    heads = ["size", "network", "", *PARTS, "whole"]
    print(table("Microseconds a training step, part by part", heads, lines), flush=True)


def measure_recipe(plan: TrainPlan, sizes: list[str], curricula: list[str], seconds: float) -> list[RecipeRow]:
    """Train by our own recipe. Prints the table."""
    rows: list[RecipeRow] = []
    lines = []
    for size in sizes:
        for curriculum in curricula:
            note(f"size {size}, our recipe with {curriculum} levels ...")
            result = time_recipe(plan, size, curriculum, seconds)
            rows.append({"kind": "recipe", "size": size, "curriculum": curriculum, "result": result})
            batch = f"{result['envs']} x {result['steps']}"
            figures = [f"{result['parameters'] / 1e3:.0f} k", rate(result["rate"]), show(result["compile_seconds"])]
            lines.append([size.upper(), curriculum, *figures, batch, str(result["updates"]), str(result["devices"])])
    heads = ["size", "levels", "parameters", "steps/s", "compile s", "batch", "updates", "devices"]
    print(table("Training steps per second of our recipe, set-mlp; choosing levels included", heads, lines), flush=True)
    return rows
