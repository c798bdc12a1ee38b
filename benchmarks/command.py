"""What the benchmark commands have in common: options, the machine, where the published peer runs."""

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from peer_env import NoEnvironmentError, make_environment
from plan import note
from processes import OURS, Interpreter, WorkerError, probe

__all__ = ["add_common_options", "check_common_options", "cores", "find_peer", "machine", "positive"]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def positive(text: str) -> int:
    """A whole number of at least 1."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"takes a whole number of at least 1, got {text!r}")
    return number


def add_common_options(parser: argparse.ArgumentParser, peer: str, name: str) -> None:
    """Options of every command; `peer` is the published distribution as pip takes it, `name` what it is called."""
    parser.add_argument("--repeats", type=positive, default=5, help="runs, of which the best counts")
    parser.add_argument("--devices", type=positive, help="host devices to split the batch over (one a core)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the table's rows here")
    parser.add_argument("--no-peer", action="store_true", help=f"leave the published {name} out")
    parser.add_argument("--require-peer", action="store_true", help=f"fail if the published {name} cannot be measured")
    parser.add_argument("--peer-python", metavar="PATH", help=f"an interpreter that has {peer}")
    parser.add_argument("--peer-path", metavar="FOLDER", help=f"a folder to find {peer} in (pip install --target)")
    parser.add_argument("--peer-steps", type=positive, help="steps of the peer's runs, a divisor of --steps")
    parser.add_argument("--peer-seconds", type=float, default=60.0, help="no further run of the peer after that")


def check_common_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse contradictions."""
    if options.json and not options.json.parent.is_dir():
        parser.error(f"--json: the folder {options.json.parent} does not exist")
    if options.no_peer and (options.require_peer or options.peer_python or options.peer_path):
        parser.error("--no-peer contradicts the other --peer options")
    if options.peer_steps and options.steps % options.peer_steps:
        parser.error(f"--peer-steps must divide --steps ({options.steps}), got {options.peer_steps}")


def machine() -> str:
    """JAX's backend, after saying what the machine is."""
    backend, kind = probe(OURS)
    jax_on = f"JAX {metadata.version('jax')} on {backend} ({kind})"
    print(f"{cores()} CPU cores, {jax_on}, {platform.python_version()} Python", flush=True)
    return backend


def find_peer(
    options: argparse.Namespace,
    wanted: str,
    requirements: Sequence[str],
    imports: str,
    *,
    undeclared: Sequence[str] = (),
) -> Interpreter | None:
    """The interpreter that has the published distribution `wanted`; None, with the reason said, if there is none.

    Without one that the options name, an environment is made from the requirements; `undeclared` are installed
    without what they ask for themselves. `imports` is the module that has to be importable."""
    distribution, _ = wanted.split("==")
    name = wanted.replace("==", "-")
    python = options.peer_python or (sys.executable if options.peer_path else None)
    try:
        python = python or str(make_environment(name, requirements, undeclared=undeclared))
        interpreter = Interpreter(python, options.peer_path or "")
        report = f"import {imports}; from importlib.metadata import version; print(version('{distribution}'))"
        version = interpreter.run("-c", report).strip().split("\n")[-1]
    except (NoEnvironmentError, WorkerError, OSError) as error:
        note(f"The published {wanted} is NOT measured, its environment cannot be made or used: {error}")
        return None
    if f"{distribution}=={version}" != wanted:
        note(f"The published {wanted} is NOT measured: {python} has {distribution} {version}.")
        return None
    return interpreter
