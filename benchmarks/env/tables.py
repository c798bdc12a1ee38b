"""Three tables of the environment's benchmark: steps, generation, and what each part of a step costs."""

from typing import TypedDict

from benchmarks.common.output import note, rate, show, table
from benchmarks.env.job import EpisodeTally, GenerationResult, PlayResult
from benchmarks.env.plan import EnvPlan, best_generation, best_play, generate, play

__all__ = ["EnvRow", "GenerationRow", "SplitRow", "measure_env", "measure_generation", "measure_split"]

PARTS = ("physics", "reward", "entity", "flat", "flat-padded", "env")
ALIKE = 2.0  # the check allows this factor between the numbers of episodes that ended in the warm-up ...
SHARE = 0.2  # ... and this between the fractions solved, of 256 levels each, not the same ones


class EnvRow(TypedDict):
    """Environment steps per second; the peer's figures are None if it was not measured."""

    kind: str  # "env"
    size: str
    envs: int
    ours: float
    peer: float | None
    ratio: float | None
    compile_ours: float  # s
    compile_peer: float | None
    peer_setting: str | None


class GenerationRow(TypedDict):
    """Filtered random levels per second."""

    kind: str  # "generation"
    size: str
    levels: int  # a call of ours
    peer_levels: int | None  # a call of the peer
    ours: float
    peer: float | None
    ratio: float | None
    compile_ours: float  # s
    compile_peer: float | None
    compile_ratio: float | None  # how many times longer the peer compiles


class SplitRow(TypedDict):
    """What a part of an environment step costs."""

    kind: str  # "split"
    size: str
    envs: int
    part: str
    microseconds: float  # for a step of one environment of the batch
    to_physics: float  # that divided by what the physics costs


def check(ours: EpisodeTally, peer: EpisodeTally) -> tuple[bool, str]:
    """Whether both environments played alike, and the figures that say so."""
    alike = ours["finite"] and peer["finite"] and abs(ours["solved"] - peer["solved"]) <= SHARE
    alike &= peer["episodes"] / ALIKE <= ours["episodes"] <= peer["episodes"] * ALIKE
    return alike, (
        f"episodes that ended in 1000 steps {ours['episodes']:.2f} (peer {peer['episodes']:.2f}), "
        f"solved of them {ours['solved']:.2f} (peer {peer['solved']:.2f}), "
        f"reward a step {ours['reward']:.5f} (peer {peer['reward']:.5f})"
    )


def measure_env(plan: EnvPlan, sizes: list[str], batches: list[int]) -> tuple[list[EnvRow], bool]:
    """Steps of the whole environment: rows, and whether every check agreed. Prints the table."""
    rows: list[EnvRow] = []
    lines: list[list[str]] = []
    agreed = True
    for size in sizes:
        for lanes in batches:
            note(f"size {size}, {lanes} environments ...")
            (ours,) = play(plan, size, lanes, plan.devices)
            peer, setting = None, None
            if plan.peer is not None:
                peer, setting, pooled = best_play(plan, size, lanes, plan.peer)
                alike, figures = check(ours["tally"], pooled["tally"])
                note(f"  check over {plan.warm_up} steps {'passed' if alike else 'FAILED'}: {figures}")
                agreed &= alike
            rows.append(_env_row(size, lanes, ours, peer, setting))
            note(f"  {rate(rows[-1]['ours'])} steps/s, peer {rate(rows[-1]['peer'])}, ratio {show(rows[-1]['ratio'])}")
            lines.append(_env_line(rows[-1], ours, peer))
    heads = [
        "size",
        "envs",
        "steps/s",
        "peer",
        "ratio",
        "compile s",
        "peer",
        "devices",
        "peer's setting",
        "steps x runs",
    ]
    title = "Environment steps per second (frame skip 2, entity observation, auto-reset), best run; compile time apart"
    print(table(title, heads, lines), flush=True)
    return rows, agreed


def _env_row(size: str, lanes: int, ours: PlayResult, peer: PlayResult | None, setting: str | None) -> EnvRow:
    """The figures of one row."""
    return {
        "kind": "env",
        "size": size,
        "envs": lanes,
        "ours": ours["rate"],
        "peer": peer["rate"] if peer else None,
        "ratio": ours["rate"] / peer["rate"] if peer else None,
        "compile_ours": ours["compile_seconds"],
        "compile_peer": peer["compile_seconds"] if peer else None,
        "peer_setting": setting,
    }


def _env_line(row: EnvRow, ours: PlayResult, peer: PlayResult | None) -> list[str]:
    """The row as printed."""
    runs = [f"{result['steps']} x {result['repeats']}" for result in (ours, peer) if result]
    return [
        row["size"].upper(),
        str(row["envs"]),
        rate(row["ours"]),
        rate(row["peer"]),
        show(row["ratio"]),
        show(row["compile_ours"]),
        show(row["compile_peer"]),
        str(ours["devices"]),
        row["peer_setting"] or "-",
        ", ".join(runs),
    ]


def measure_generation(plan: EnvPlan, sizes: list[str]) -> list[GenerationRow]:
    """Generate levels of each size. Prints the table."""
    rows: list[GenerationRow] = []
    lines: list[list[str]] = []
    for size in sizes:
        note(f"size {size}, generation ...")
        ours = generate(plan, size, plan.devices)
        peer = best_generation(plan, size, plan.peer) if plan.peer else None
        rows.append(_generation_row(size, ours, peer))
        row = rows[-1]
        note(f"  {rate(row['ours'])} levels/s, peer {rate(row['peer'])}, ratio {show(row['ratio'])}")
        devices = [str(ours["devices"]), str(peer["devices"]) if peer else "-"]
        calls = [f"{result['count']} x {result['repeats']}" for result in (ours, peer) if result]
        figures = [rate(row["ours"]), rate(row["peer"]), show(row["ratio"])]
        compiled = [show(row["compile_ours"]), show(row["compile_peer"]), show(row["compile_ratio"])]
        lines.append([size.upper(), *figures, *compiled, *devices, ", ".join(calls)])
    heads = ["size", "levels/s", "peer", "ratio", "compile s", "peer", "ratio", "devices", "peer", "levels x calls"]
    print(table("Random levels per second, filter included, best call; compile time apart", heads, lines), flush=True)
    return rows


def _generation_row(size: str, ours: GenerationResult, peer: GenerationResult | None) -> GenerationRow:
    """The figures of one row."""
    return {
        "kind": "generation",
        "size": size,
        "levels": ours["count"],
        "peer_levels": peer["count"] if peer else None,
        "ours": ours["rate"],
        "peer": peer["rate"] if peer else None,
        "ratio": ours["rate"] / peer["rate"] if peer else None,
        "compile_ours": ours["compile_seconds"],
        "compile_peer": peer["compile_seconds"] if peer else None,
        "compile_ratio": peer["compile_seconds"] / ours["compile_seconds"] if peer else None,
    }


def measure_split(plan: EnvPlan, sizes: list[str], batches: list[int]) -> list[SplitRow]:
    """What each part of our step costs, as the difference to a step without it. Prints the table."""
    rows: list[SplitRow] = []
    lines: list[list[str]] = []
    for size in sizes:
        for lanes in batches:
            note(f"size {size}, {lanes} environments, parts ...")
            results = play(plan, size, lanes, plan.devices, parts=PARTS)
            whole = {part: 1e6 / result["rate"] for part, result in zip(PARTS, results, strict=True)}
            before = {"physics": 0.0, "reward": whole["physics"], "env": whole["entity"]}
            cost = {part: whole[part] - before.get(part, whole["reward"]) for part in PARTS}
            for part in PARTS:
                ratio = cost[part] / whole["physics"]
                row: SplitRow = {
                    "kind": "split",
                    "size": size,
                    "envs": lanes,
                    "part": {"env": "auto-reset"}.get(part, part),
                    "microseconds": cost[part],
                    "to_physics": ratio,
                }
                rows.append(row)
            figures = [f"{cost[part]:.2f} ({cost[part] / whole['physics']:.2f})" for part in PARTS[1:]]
            lines.append([size.upper(), str(lanes), f"{whole['physics']:.2f}", *figures, f"{whole['env']:.2f}"])
    heads = ["size", "envs", "physics", "+ reward", "+ entity", "or flat", "or flat-padded", "+ auto-reset", "whole"]
    title = "Microseconds for a step of one environment, part by part; in brackets divided by the physics"
    print(table(title, heads, lines), flush=True)
    return rows
