"""How fast are the environment and the level generator, against the published kinetix-env 3.0.2, on this machine?

    python -m benchmarks.env                         sizes S, M, L with 1024 environments
    python -m benchmarks.env --only generation       only the level generator, or `env`, or `pixels`: images,
                                                     or `split`: the parts of a step

Needs our packages (installed, or `PYTHONPATH=packages/jax2d/src:packages/kinetix-env/src`) and their dependencies. The
published one gets an environment of its own on first use, see common/peers.py; `--peer-python` names an existing one.
What is measured and how: docs/benchmarks.md."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.common.command import add_common_options, check_common_options, cores, find_peer, machine, positive
from benchmarks.common.output import note
from benchmarks.common.peers import KINETIX
from benchmarks.common.processes import WorkerError
from benchmarks.env.pixels_table import measure_pixels
from benchmarks.env.plan import POOL, SIZES, EnvPeer, EnvPlan, generate
from benchmarks.env.tables import measure_env, measure_generation, measure_split

PEER_STEPS = 8  # on a CPU, where it needs seconds for them
TABLES = ("generation", "env", "pixels", "split")


def _parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), type=str.lower)
    parser.add_argument("--envs", nargs="+", type=positive, default=[1024], help="batch sizes")
    parser.add_argument("--only", choices=TABLES, help="this table alone")
    parser.add_argument("--steps", type=positive, default=64, help="environment steps of a run")
    parser.add_argument("--levels", type=positive, default=1024, help="levels of a call of the generator")
    parser.add_argument("--peer-levels", type=positive, default=256, help="the same for the published generator")
    parser.add_argument("--images", type=positive, default=256, help="pixel observations of a call")
    add_common_options(parser, KINETIX, "environment")
    return parser


def _options() -> argparse.Namespace:
    """The parsed command line, contradictions refused."""
    parser = _parser()
    options = parser.parse_args()
    check_common_options(parser, options)
    for name in ("levels", "peer_levels"):
        if getattr(options, name) < POOL:
            flag = name.replace("_", "-")
            parser.error(f"--{flag} must be at least {POOL}, which the environments play, got {getattr(options, name)}")
    return options


def _peer(options: argparse.Namespace, backend: str) -> EnvPeer | None:
    """Where the published environment runs; None, with the reason said, if it cannot."""
    if options.no_peer or options.only == "split":
        return None
    interpreter = find_peer(options, KINETIX, "kinetix.environment")
    if interpreter is None:
        return None
    steps = options.steps if backend != "cpu" else next(n for n in range(PEER_STEPS, 0, -1) if options.steps % n == 0)
    return EnvPeer(
        interpreter=interpreter,
        steps=options.peer_steps or steps,
        levels=options.peer_levels,
        seconds=options.peer_seconds,
    )


def _measure(plan: EnvPlan, options: argparse.Namespace) -> tuple[list[Any], bool]:
    """The rows of the tables that are asked for, and whether both environments played alike."""
    rows: list[Any] = []
    agreed = True
    if options.only in (None, "generation"):
        rows += measure_generation(plan, options.sizes)
    elif options.only != "pixels":  # levels to play
        for size in options.sizes:
            note(f"size {size}, generating levels ...")
            generate(plan, size, plan.devices, once=True)
            if plan.peer is not None:
                generate(plan, size, plan.devices, plan.peer, once=True)
    if options.only in (None, "env"):
        more, agreed = measure_env(plan, options.sizes, options.envs)
        rows += more
    if options.only in (None, "pixels"):
        rows += measure_pixels(plan, options.sizes, options.images)
    if options.only in (None, "split"):
        rows += measure_split(plan, options.sizes, options.envs[:1])
    return rows, agreed


def main() -> int:
    """Measure what was asked for; 0 if all went well."""
    options = _options()
    backend = machine()
    devices = (options.devices or cores()) if backend == "cpu" else 1
    for name in ("envs", "levels", "peer_levels", "images"):
        given = getattr(options, name)
        if any(number % devices for number in (given if isinstance(given, list) else [given])):
            note(
                f"--{name.replace('_', '-')} {given} cannot be split over {devices} devices; choose another --devices."
            )
            return 2
    peer = _peer(options, backend)
    if peer is None and (options.require_peer or options.peer_python or options.peer_path) and options.only != "split":
        return 1
    with tempfile.TemporaryDirectory() as folder:
        plan = EnvPlan(
            steps=options.steps,
            warm_up=options.steps,
            repeats=options.repeats,
            levels=options.levels,
            devices=devices,
            folder=Path(folder),
            peer=peer,
        )
        rows, agreed = _measure(plan, options)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    if not agreed:
        note("The two environments did not play alike: see the failed check above.")
    return 0 if agreed else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorkerError as error:
        sys.exit(f"A measurement failed: {error}")
