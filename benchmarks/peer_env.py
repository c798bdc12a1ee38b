"""Environments of their own for the engines we compare with, made on first use.

The published Jax2D has our distribution's and import name, so the two can never share an environment. An
environment is a virtual environment of this Python under `$JAX2D_BENCH_PEER_ENV` (default
`~/.cache/jax2d-benchmarks`), filled by uv where it is installed and by pip otherwise; it is made once and then
needs no network."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

__all__ = ["NoEnvironmentError", "jax_requirement", "make_environment"]

_CACHE = "JAX2D_BENCH_PEER_ENV"


class NoEnvironmentError(RuntimeError):
    """The environment could not be made, most often for want of a network."""


def jax_requirement() -> str:
    """JAX in our own version, for the same accelerator."""
    version = metadata.version("jax")
    for extra in ("cuda13", "cuda12"):
        try:
            metadata.version(f"jax-{extra}-plugin")
        except metadata.PackageNotFoundError:
            continue
        return f"jax[{extra}]=={version}"
    return f"jax=={version}"


def _commands(folder: Path, python: Path, requirements: Sequence[str], undeclared: Sequence[str]) -> list[list[str]]:
    """What makes the environment and fills it."""
    uv = shutil.which("uv")
    if uv:
        make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)]
        install = [uv, "pip", "install", "--quiet", "--python", str(python)]
    else:
        make = [sys.executable, "-m", "venv", "--clear", str(folder)]
        install = [str(python), "-m", "pip", "install", "--quiet"]
    alone = [[*install, "--no-deps", *undeclared]] if undeclared else []
    return [make, [*install, *requirements], *alone]


def make_environment(name: str, requirements: Sequence[str], *, undeclared: Sequence[str] = ()) -> Path:
    """The interpreter of an environment with these requirements; made if it does not exist yet.

    `undeclared` are installed last and without what they ask for themselves: for a distribution whose own
    requirements cannot be met together with ours."""
    cache = Path(os.environ.get(_CACHE) or "~/.cache/jax2d-benchmarks").expanduser()
    wanted = "\n".join([sys.version, *requirements, *undeclared])
    folder = cache / f"{name}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = folder / "complete.txt"  # written last, so that an interrupted attempt is made again
    if complete.exists() and python.exists():
        return python
    what = ", ".join([*requirements, *undeclared])
    print(f"Making the environment {folder} with {what} ...", file=sys.stderr, flush=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for command in _commands(folder, python, requirements, undeclared):
            subprocess.run(command, check=True, capture_output=True, text=True)
        complete.write_text(wanted)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or error.stdout).strip()[-1000:]
        raise NoEnvironmentError(f"{' '.join(error.cmd[:4])} ... failed with:\n{reason}") from error
    except OSError as error:
        raise NoEnvironmentError(str(error)) from error
    return python
