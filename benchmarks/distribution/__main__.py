"""Do our random levels have the same distribution as those of the published kinetix-env 3.0.2?

    python -m benchmarks.distribution                       sizes S, M, L, 4096 levels from each
    python -m benchmarks.distribution --sizes s --levels 1024

Draws levels from both generators, without and with the filter, and compares what they hold. A measure is flagged where
its means differ by more than 4 standard errors or its distributions with a Kolmogorov-Smirnov p below 1e-4. Some of the
levels are played without action and with uniformly random actions, and the fractions solved and failed are compared.

Needs our packages (installed, or `PYTHONPATH=packages/jax2d/src:packages/kinetix-env/src`). The published one gets an
environment of its own on first use, see common/peers.py; `--peer-python` names an existing one."""

import argparse
import json
import math
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.command import find_peer, positive
from benchmarks.common.output import note, table
from benchmarks.common.peers import KINETIX
from benchmarks.common.processes import OURS, Interpreter, WorkerError, measure
from benchmarks.distribution.job import DrawJob, Plays
from benchmarks.distribution.measures import LIMIT_Z, Comparison, compare, measures
from benchmarks.env.plan import SIZES

KINDS = ("unfiltered", "filtered")


def _options() -> argparse.Namespace:
    """The parsed command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), type=str.lower)
    parser.add_argument("--levels", type=positive, default=4096, help="levels drawn of each generator")
    parser.add_argument("--plays", type=int, default=512, help="levels played of those; 0 for none")
    parser.add_argument("--steps", type=positive, default=256, help="environment steps of a play")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="PATH", help="write all comparisons here")
    parser.add_argument("--peer-python", metavar="PATH", help=f"an interpreter that has {KINETIX.name}")
    parser.add_argument("--peer-path", metavar="FOLDER", help=f"a folder that has {KINETIX.name}")
    options = parser.parse_args()
    if options.plays < 0 or options.plays > options.levels:
        parser.error(f"--plays must be from 0 to --levels ({options.levels}), got {options.plays}")
    if options.json and not options.json.parent.is_dir():
        parser.error(f"--json: the folder {options.json.parent} does not exist")
    return options


def _draw(interpreter: Interpreter, adapter: str, job: DrawJob) -> tuple[dict[str, np.ndarray], Plays | None]:
    """The columns of one generator's levels and how plays of them ended."""
    plays: Plays | None = measure(interpreter, "benchmarks.distribution.worker", job, adapter)
    with np.load(job["file"]) as columns:
        return dict(columns), plays


def _quantiles(values: list[float]) -> str:
    return " ".join(f"{value:.3g}" for value in values)


def _line(found: Comparison) -> list[str]:
    """A comparison as printed."""
    p = f"{found.p:.1e}" if found.p < 0.01 else f"{found.p:.2f}"
    means = [f"{value:.4g}" for value in (found.ours, found.peer, found.error)]
    quantiles = [_quantiles(found.ours_quantiles), _quantiles(found.peer_quantiles)]
    return [found.name, *means, f"{found.z:+.1f}", p, *quantiles, "DIFFERS" if found.differs else ""]


def _compare_levels(size: str, ours: dict[str, np.ndarray], peer: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Print and return the comparisons of one size."""
    found: list[dict[str, Any]] = []
    heads = ["measure", "ours", "peer", "error", "z", "KS p", "ours 10/50/90 %", "peer", ""]
    for kind in KINDS:
        of_kind = [
            measures({name.split("/", 1)[1]: value for name, value in columns.items() if name.startswith(f"{kind}/")})
            for columns in (ours, peer)
        ]
        comparisons = [compare(name, of_kind[0][name], of_kind[1][name]) for name in of_kind[0]]
        print(table(f"\nSize {size.upper()}, {kind} levels", heads, [_line(one) for one in comparisons]), flush=True)
        found += [{"size": size, "kind": kind, **asdict(one), "differs": one.differs} for one in comparisons]
    return found


def _compare_plays(size: str, count: int, ours: Plays, peer: Plays) -> list[dict[str, Any]]:
    """Print and return how plays ended."""
    found: list[dict[str, Any]] = []
    lines = []
    mine: dict[str, Any] = dict(ours)
    theirs: dict[str, Any] = dict(peer)
    for how in mine:
        for end in ("solved", "failed"):
            a, b = mine[how][end], theirs[how][end]
            error = math.sqrt((a * (1 - a) + b * (1 - b)) / count)
            z = (a - b) / error if error else 0.0
            differs = abs(z) > LIMIT_Z
            name = how.replace("_", ", ") + f", {end}"
            lines.append([name, f"{a:.3f}", f"{b:.3f}", f"{error:.3f}", f"{z:+.1f}", "DIFFERS" if differs else ""])
            found.append({"size": size, "kind": "play", "name": name, "ours": a, "peer": b, "z": z, "differs": differs})
    heads = ["levels, actions, fraction", "ours", "peer", "error", "z", ""]
    print(table(f"\nSize {size.upper()}, {count} plays", heads, lines), flush=True)
    return found


def main() -> int:
    """Compare; 0 if nothing differs beyond chance."""
    options = _options()
    interpreter = find_peer(options, KINETIX, "kinetix.environment")
    if interpreter is None:
        return 1
    found: list[dict[str, Any]] = []
    for size in options.sizes:
        note(f"size {size}: {options.levels} levels of each generator ...")
        with tempfile.TemporaryDirectory() as folder:
            jobs: list[DrawJob] = [
                {
                    "size": size,
                    "levels": options.levels,
                    "plays": options.plays,
                    "steps": options.steps,
                    "seed": options.seed,
                    "file": str(Path(folder, f"{whose}.npz")),
                }
                for whose in ("ours", "peer")
            ]
            ours, our_plays = _draw(OURS, "benchmarks.distribution.ours", jobs[0])
            peer, peer_plays = _draw(interpreter, "benchmarks.distribution.peer", jobs[1])
        found += _compare_levels(size, ours, peer)
        if our_plays and peer_plays:
            found += _compare_plays(size, options.plays, our_plays, peer_plays)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    differing = [f"{one['size'].upper()} {one['kind']}: {one['name']}" for one in found if one["differs"]]
    print(f"\n{len(differing)} of {len(found)} measures differ beyond chance." + "".join(f"\n  {d}" for d in differing))
    return 0 if not differing else 3


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorkerError as error:
        sys.exit(f"A measurement failed: {error}")
