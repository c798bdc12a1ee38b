"""What the benchmark commands have in common: options, the machine, where the published peer runs."""

import argparse
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

from benchmarks.common.output import note
from benchmarks.common.peers import NoEnvironmentError, PeerEnvironment
from benchmarks.common.processes import OURS, Interpreter, WorkerError, probe

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


def add_common_options(parser: argparse.ArgumentParser, peer: PeerEnvironment, name: str) -> None:
    """Add the options that every benchmark has; `name` is the peer's name in the help."""
    parser.add_argument("--repeats", type=positive, default=5, help="runs, of which the best counts")
    parser.add_argument("--devices", type=positive, help="host devices to split the batch over (one per core)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the table's rows here")
    parser.add_argument("--no-peer", action="store_true", help=f"leave the published {name} out")
    parser.add_argument("--require-peer", action="store_true", help=f"fail if the published {name} cannot be measured")
    parser.add_argument("--peer-python", metavar="PATH", help=f"an interpreter that has {peer.name}")
    parser.add_argument("--peer-path", metavar="FOLDER", help=f"a folder to find {peer.name} in (pip install --target)")
    parser.add_argument("--peer-steps", type=positive, help="steps of the peer's runs, a divisor of --steps")
    parser.add_argument("--peer-seconds", type=float, default=60.0, help="no further run of the peer after that")


def check_common_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Exit with a usage error if the common options contradict each other."""
    if options.json and not options.json.parent.is_dir():
        parser.error(f"--json: the folder {options.json.parent} does not exist")
    if options.no_peer and (options.require_peer or options.peer_python or options.peer_path):
        parser.error("--no-peer contradicts the other --peer options")
    if options.peer_steps and options.steps % options.peer_steps:
        parser.error(f"--peer-steps must divide --steps ({options.steps}), got {options.peer_steps}")


def machine() -> str:
    """Print a description of the machine and return the name of JAX's backend."""
    backend, kind = probe(OURS)
    jax_on = f"JAX {metadata.version('jax')} on {backend} ({kind})"
    print(f"{cores()} CPU cores, {jax_on}, {platform.python_version()} Python", flush=True)
    return backend


def find_peer(options: argparse.Namespace, peer: PeerEnvironment, imports: str) -> Interpreter | None:
    """The interpreter that has the published peer; None, with the reason printed, if there is none.

    Without one that the options name, the peer's environment is made. `imports` is the module, or modules with commas
    between them, that must be importable."""
    distribution, _ = peer.name.split("==")
    python = options.peer_python or (sys.executable if options.peer_path else None)
    try:
        interpreter = Interpreter(python or peer.python(), options.peer_path or "")
        report = f"import {imports}; from importlib.metadata import version; print(version('{distribution}'))"
        version = interpreter.run("-c", report).strip().split("\n")[-1]
    except (NoEnvironmentError, WorkerError, OSError) as error:
        note(f"The published {peer.name} is NOT measured, its environment cannot be made or used: {error}")
        return None
    if f"{distribution}=={version}" != peer.name:
        note(f"The published {peer.name} is NOT measured: {interpreter.python} has {distribution} {version}.")
        return None
    return interpreter
