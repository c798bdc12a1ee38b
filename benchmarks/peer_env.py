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


def _commands(folder: Path, python: Path, requirements: list[str]) -> list[list[str]]:
    """What makes the environment and fills it."""
    uv = shutil.which("uv")
    if uv:
        make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)]
        return [make, [uv, "pip", "install", "--quiet", "--python", str(python), *requirements]]
    make = [sys.executable, "-m", "venv", "--clear", str(folder)]
    return [make, [str(python), "-m", "pip", "install", "--quiet", *requirements]]


def make_environment(name: str, requirements: list[str]) -> Path:
    """The interpreter of an environment with these requirements; made if it does not exist yet."""
    cache = Path(os.environ.get(_CACHE) or "~/.cache/jax2d-benchmarks").expanduser()
    wanted = "\n".join([sys.version, *requirements])
    folder = cache / f"{name}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = folder / "complete.txt"  # written last, so that an interrupted attempt is made again
    if complete.exists() and python.exists():
        return python
    print(f"Making the environment {folder} with {', '.join(requirements)} ...", file=sys.stderr, flush=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for command in _commands(folder, python, requirements):
            subprocess.run(command, check=True, capture_output=True, text=True)
        complete.write_text(wanted)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or error.stdout).strip()[-1000:]
        raise NoEnvironmentError(f"{' '.join(error.cmd[:4])} ... failed with:\n{reason}") from error
    except OSError as error:
        raise NoEnvironmentError(str(error)) from error
    return python
