"""Each engine is measured in a process of its own, in its own environment; jobs and results are JSON files."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["OURS", "Interpreter", "WorkerError", "measure", "probe"]

ROOT = Path(__file__).parents[2]  # of the checkout, where the package `benchmarks` is found


class WorkerError(RuntimeError):
    """An engine's process ended with an error."""


@dataclass(frozen=True)
class Interpreter:
    """A Python to run an engine with, which finds the package `benchmarks` first and then its own packages.

    `path` is its PYTHONPATH behind that, None for the one that we were started with."""

    python: str
    path: str | None = None

    def run(self, *arguments: str) -> str:
        """Run with these arguments and return what it printed."""
        path = os.environ.get("PYTHONPATH", "") if self.path is None else self.path
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [path])])}
        if self.path is not None:
            environment["PYTHONNOUSERSITE"] = "1"
        command = [self.python, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise WorkerError(f"{' '.join(command[:3])} ended with {done.returncode}:\n{done.stderr.strip()[-3000:]}")
        return done.stdout


OURS = Interpreter(sys.executable)


def measure(interpreter: Interpreter, module: str, job: Mapping[str, Any], *arguments: str) -> Any:
    """Run a module, such as `benchmarks.env.worker`, on a job and return its result."""
    with tempfile.TemporaryDirectory() as folder:
        job_file, result_file = Path(folder, "job.json"), Path(folder, "result.json")
        job_file.write_text(json.dumps(job))
        interpreter.run("-m", module, *arguments, str(job_file), str(result_file))
        return json.loads(result_file.read_text())


def probe(interpreter: Interpreter) -> tuple[str, str]:
    """JAX's backend ("cpu", "gpu") and the device's name."""
    report = "import jax; print(jax.default_backend()); print(jax.devices()[0].device_kind)"
    backend, kind = interpreter.run("-c", report).split("\n")[:2]
    return backend, kind
