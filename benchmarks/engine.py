"""How fast is the engine, against the published Jax2D 1.0.2, Box2D and MuJoCo, on this machine?

    python benchmarks/engine.py                      sizes S, M, L at 1024 and 4096 scenes
    python benchmarks/engine.py --bodies             cost against the number of bodies instead
    python benchmarks/engine.py --engines            three scenes, Box2D and MuJoCo as well, instead

Needs our package (installed, or `PYTHONPATH=packages/jax2d/src`) and its dependencies. The other engines get
environments of their own on first use, see peer_env.py; `--peer-python` names an existing one. What is measured
and how: docs/benchmarks.md."""

import argparse
import json
import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from bodies import measure_bodies
from other_engines import measure_engines
from peer_env import NoEnvironmentError, jax_requirement, make_environment
from plan import Peer, Plan, note
from processes import OURS, Interpreter, WorkerError, probe
from scenes import COUNTS
from sizes import measure_sizes

PEER = "jax2d==1.0.2"
PEER_NEEDS = ["chex"]  # imported by it, but not declared by its wheel
PEER_STEPS = 8  # on a CPU, where the peer needs seconds for them


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _positive(text: str) -> int:
    """A whole number of at least 1."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"takes a whole number of at least 1, got {text!r}")
    return number


def _parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=list(COUNTS), default=list(COUNTS), type=str.lower)
    parser.add_argument("--scenes", nargs="+", type=_positive, default=[1024, 4096], help="batch sizes")
    parser.add_argument("--steps", type=_positive, default=32, help="steps of a run")
    parser.add_argument("--repeats", type=_positive, default=5, help="runs, of which the best counts")
    parser.add_argument("--devices", type=_positive, help="host devices to split the batch over (one a core)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the table's rows here")
    parser.add_argument("--bodies", action="store_true", help="cost against the number of bodies")
    parser.add_argument("--engines", action="store_true", help="against Box2D and MuJoCo")
    parser.add_argument("--no-peer", action="store_true", help="leave the published Jax2D out")
    parser.add_argument("--require-peer", action="store_true", help="fail if the published Jax2D cannot be measured")
    parser.add_argument("--peer-python", metavar="PATH", help=f"an interpreter that has {PEER}")
    parser.add_argument("--peer-path", metavar="FOLDER", help=f"a folder to find {PEER} in (pip install --target)")
    parser.add_argument("--peer-steps", type=_positive, help="steps of the peer's runs, a divisor of --steps")
    parser.add_argument("--peer-seconds", type=float, default=60.0, help="no further run of the peer after that")
    return parser


def _options() -> argparse.Namespace:
    """The parsed command line, contradictions refused."""
    parser = _parser()
    options = parser.parse_args()
    if options.json and options.bodies and options.engines:
        parser.error("--json writes the rows of one table: ask for --bodies or --engines, not both")
    if options.json and not options.json.parent.is_dir():
        parser.error(f"--json: the folder {options.json.parent} does not exist")
    if options.no_peer and (options.require_peer or options.peer_python or options.peer_path):
        parser.error("--no-peer contradicts the other --peer options")
    if options.peer_steps and options.steps % options.peer_steps:
        parser.error(f"--peer-steps must divide --steps ({options.steps}), got {options.peer_steps}")
    return options


def _peer(options: argparse.Namespace, backend: str) -> Peer | None:
    """Where the published engine runs; None, with the reason said, if it cannot."""
    if options.no_peer:
        return None
    python = options.peer_python or (sys.executable if options.peer_path else None)
    try:
        python = python or str(make_environment("jax2d-1.0.2", [PEER, jax_requirement(), *PEER_NEEDS]))
        interpreter = Interpreter(python, options.peer_path or "")
        report = "import jax2d.engine; from importlib.metadata import version; print(version('jax2d'))"
        version = interpreter.run("-c", report).strip()
    except (NoEnvironmentError, WorkerError, OSError) as error:
        note(f"The published Jax2D is NOT measured, its environment cannot be made or used: {error}")
        return None
    if f"jax2d=={version}" != PEER:
        note(f"The published Jax2D is NOT measured: {python} has jax2d {version}, wanted {PEER}.")
        return None
    steps = options.steps if backend != "cpu" else next(n for n in range(PEER_STEPS, 0, -1) if options.steps % n == 0)
    return Peer(interpreter=interpreter, steps=options.peer_steps or steps, seconds=options.peer_seconds)


def main() -> int:
    """Measure what was asked for; 0 if all went well."""
    options = _options()
    backend, kind = probe(OURS)
    cores = _cores()
    devices = (options.devices or cores) if backend == "cpu" else 1
    print(f"{cores} CPU cores, JAX {metadata.version('jax')} on {backend} ({kind}), {platform.python_version()} Python")
    for lanes in options.scenes:
        if lanes % devices:
            note(f"--scenes {lanes} cannot be split evenly over {devices} devices; choose another --devices.")
            return 2
    peer = _peer(options, backend)
    if peer is None and (options.require_peer or options.peer_python or options.peer_path):
        return 1
    plan = Plan(steps=options.steps, repeats=options.repeats, devices=devices, cores=cores, peer=peer)
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
