"""How fast is training, against the published kinetix-env 3.0.2, on this machine?

    python -m benchmarks.train                       the same networks on both sides, our own recipe, time to result
    python -m benchmarks.train --only speed          only the first, or `recipe`, or `time`
    python -m benchmarks.train --quick               a try with tiny budgets: its figures mean nothing

Needs our packages and their dependencies (`hatch run bench:train`). The published one gets an environment of its own on
first use, see common/peers.py; `--peer-python` names an existing one. What is measured and how: docs/benchmarks.md."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.common.command import cores, find_peer, machine, positive
from benchmarks.common.peers import KINETIX
from benchmarks.common.processes import Interpreter, WorkerError
from benchmarks.env.plan import SIZES
from benchmarks.train.plan import TrainPlan
from benchmarks.train.tables import measure_recipe, measure_speed
from benchmarks.train.time_to_result import measure_time

TABLES = ("speed", "recipe", "time")
NETWORKS = ("set", "transformer")
CURRICULA = ("sfl", "random")
POOL = 4096  # levels that the published parts learn from: an update draws one for each environment
LEVELS = 256  # that the environments play again and again where only the speed counts
QUICK = {
    "envs": 64,
    "steps": 8,
    "repeats": 1,
    "seeds": 1,
    "peer_seconds": 10.0,
    "recipe_seconds": 5.0,
    "held_out": 32,
    "attempts": 2,
    "pool": 64,
}


def _parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--sizes", nargs="+", choices=SIZES, default=["s"], type=str.lower)
    add("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS), help="published networks to time")
    add(
        "--curricula",
        nargs="+",
        choices=CURRICULA,
        default=list(CURRICULA),
        help="of our recipe; the first goes to time",
    )
    add("--only", choices=TABLES, help="this table alone")
    add("--quick", action="store_true", help="tiny budgets, to try it")
    add("--envs", type=positive, default=512, help="environments, where both sides train the same network")
    add("--steps", type=positive, default=32, help="of each environment an update")
    add("--epochs", type=positive, default=4)
    add("--minibatches", type=positive, default=8, help="an epoch")
    add("--repeats", type=positive, default=5, help="updates, of which the best counts")
    add("--seconds", type=float, default=120.0, help="no further repeat of either side after that")
    add("--devices", type=positive, nargs="+", help="numbers of host devices that are tried (1, and one per core)")
    add("--recipe-seconds", type=float, default=60.0, help="of training by our recipe")
    add("--seeds", type=positive, default=3, help="of training to a result")
    add("--peer-seconds", type=float, default=600.0, help="that the published parts train to a result")
    add("--peer-learning-rate", type=float, default=3e-4, help="of the published parts then")
    add("--pool", type=positive, default=POOL, help="levels that the published parts train on then")
    add("--held-out", type=positive, default=512, help="levels to compare the results on")
    add("--attempts", type=positive, default=8, help="at each of them")
    add("--json", type=Path, metavar="PATH", help="write the tables' rows here")
    add("--no-peer", action="store_true", help="leave the published parts out")
    add("--require-peer", action="store_true", help="fail if the published parts cannot be measured")
    add("--peer-python", metavar="PATH", help=f"an interpreter that has {KINETIX.name}")
    add("--peer-path", metavar="FOLDER", help=f"a folder to find {KINETIX.name} in (pip install --target)")
    return parser


def _options() -> argparse.Namespace:
    """The parsed command line, contradictions refused."""
    parser = _parser()
    if "--quick" in sys.argv:
        parser.set_defaults(**QUICK)
    options = parser.parse_args()
    if options.json and not options.json.parent.is_dir():
        parser.error(f"--json: the folder {options.json.parent} does not exist")
    if options.no_peer and (options.require_peer or options.peer_python or options.peer_path):
        parser.error("--no-peer contradicts the other --peer options")
    if options.no_peer and options.only == "time":
        parser.error("--only time compares with the published parts, --no-peer leaves them out")
    options.devices = sorted(set(options.devices or (1, cores())))
    for devices in options.devices:
        if options.envs % (devices * options.minibatches):
            shares = devices * options.minibatches
            parser.error(f"--envs must be a multiple of devices x minibatches, {shares}, got {options.envs}")
    return options


def _plan(options: argparse.Namespace, folder: str, peer: Interpreter | None) -> TrainPlan:
    """The plan of the measurements that the options ask for."""
    share = options.envs // max(options.devices)
    levels = max(number for number in range(1, LEVELS + 1) if share % number == 0)
    return TrainPlan(
        recipe={
            "envs": options.envs,
            "steps": options.steps,
            "epochs": options.epochs,
            "minibatches": options.minibatches,
            "learning_rate": options.peer_learning_rate,
        },
        repeats=options.repeats,
        seconds=options.seconds,
        devices=tuple(options.devices),
        levels=levels,
        pool=options.pool,
        held_out=options.held_out,
        attempts=options.attempts,
        folder=Path(folder),
        peer=peer,
    )


def _measure(plan: TrainPlan, options: argparse.Namespace) -> list[Any]:
    """The rows of the tables that are asked for."""
    rows: list[Any] = []
    devices = max(plan.devices)
    if options.only in (None, "speed"):
        speed = measure_speed(plan, options.sizes, options.networks)
        rows += speed
        best = [row["devices_peer"] for row in speed if row["network"] == "set"]
        devices = best[0] if best and best[0] else devices
    if options.only in (None, "recipe"):
        rows += measure_recipe(plan, options.sizes, options.curricula, options.recipe_seconds)
    if options.only in (None, "time") and plan.peer is not None:
        seeds, seconds = options.seeds, options.peer_seconds
        for size in options.sizes:
            rows.append(
                measure_time(plan, size, "set", options.curricula[0], seeds=seeds, seconds=seconds, devices=devices)
            )
    return rows


def main() -> int:
    """Measure what was asked for; 0 if all went well."""
    options = _options()
    backend = machine()
    if backend != "cpu":
        options.devices = [1]
    peer = None
    if not options.no_peer and options.only != "recipe":
        peer = find_peer(options, KINETIX, "optax, kinetix.models")
        needed = options.require_peer or options.peer_python or options.peer_path or options.only == "time"
        if peer is None and needed:
            return 1
    with tempfile.TemporaryDirectory() as folder:
        rows = _measure(_plan(options, folder, peer), options)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorkerError as error:
        sys.exit(f"A measurement failed: {error}")
