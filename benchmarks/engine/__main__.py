"""How fast is the engine, against the published Jax2D 1.0.2, Box2D and MuJoCo, on this machine?

    python -m benchmarks.engine                      sizes S, M, L at 1024 and 4096 scenes
    python -m benchmarks.engine --bodies             cost against the number of bodies instead
    python -m benchmarks.engine --engines            three scenes, Box2D and MuJoCo as well, instead

Needs our package (installed, or `PYTHONPATH=packages/jax2d/src`) and its dependencies. The other engines get
environments of their own on first use, see common/peers.py; `--peer-python` names an existing one. What is measured
and how: docs/benchmarks.md."""

import argparse
import json
import sys
from typing import Any

from benchmarks.common.command import add_common_options, check_common_options, cores, find_peer, machine, positive
from benchmarks.common.output import note
from benchmarks.common.peers import JAX2D
from benchmarks.common.processes import WorkerError
from benchmarks.engine.bodies import measure_bodies
from benchmarks.engine.other_engines import measure_engines
from benchmarks.engine.plan import Peer, Plan
from benchmarks.engine.scenes import COUNTS
from benchmarks.engine.sizes import measure_sizes

PEER_STEPS = 8  # on a CPU, where the peer needs seconds for them


def _parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=list(COUNTS), default=list(COUNTS), type=str.lower)
    parser.add_argument("--scenes", nargs="+", type=positive, default=[1024, 4096], help="batch sizes")
    parser.add_argument("--steps", type=positive, default=32, help="steps of a run")
    parser.add_argument("--bodies", action="store_true", help="cost against the number of bodies")
    parser.add_argument("--engines", action="store_true", help="against Box2D and MuJoCo")
    add_common_options(parser, JAX2D, "Jax2D")
    return parser


def _options() -> argparse.Namespace:
    """The parsed command line, contradictions refused."""
    parser = _parser()
    options = parser.parse_args()
    if options.json and options.bodies and options.engines:
        parser.error("--json writes the rows of one table: ask for --bodies or --engines, not both")
    check_common_options(parser, options)
    return options


def _peer(options: argparse.Namespace, backend: str) -> Peer | None:
    """Where the published engine runs; None, with the reason said, if it cannot."""
    if options.no_peer:
        return None
    interpreter = find_peer(options, JAX2D, "jax2d.engine")
    if interpreter is None:
        return None
    steps = options.steps if backend != "cpu" else next(n for n in range(PEER_STEPS, 0, -1) if options.steps % n == 0)
    return Peer(interpreter=interpreter, steps=options.peer_steps or steps, seconds=options.peer_seconds)


def main() -> int:
    """Measure what was asked for; 0 if all went well."""
    options = _options()
    backend = machine()
    devices = (options.devices or cores()) if backend == "cpu" else 1
    for lanes in options.scenes:
        if lanes % devices:
            note(f"--scenes {lanes} cannot be split evenly over {devices} devices; choose another --devices.")
            return 2
    peer = _peer(options, backend)
    if peer is None and (options.require_peer or options.peer_python or options.peer_path):
        return 1
    plan = Plan(steps=options.steps, repeats=options.repeats, devices=devices, cores=cores(), peer=peer)
    rows: list[Any] = []
    agreed = True
    if options.bodies:
        rows = list(measure_bodies(plan))
    if options.engines:
        rows = list(measure_engines(plan))
    if not (options.bodies or options.engines):
        rows, agreed = measure_sizes(plan, options.sizes, options.scenes)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    if not agreed:
        note("The two engines did not simulate the same scenes alike: see the failed check above.")
    return 0 if agreed else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorkerError as error:
        sys.exit(f"A measurement failed: {error}")
