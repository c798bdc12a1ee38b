"""The peers, and an environment of its own for each, which uv makes on first use and keeps in its cache.

The published Jax2D has the distribution and import names of ours, so one environment cannot hold both."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from json import dumps
from pathlib import Path

from uv import find_uv_bin

__all__ = ["JAX2D", "KINETIX", "OTHER_ENGINES", "NoEnvironmentError", "PeerEnvironment", "jax_requirement"]

DECLARATIONS = Path("~/.cache/jax2d-benchmarks")  # uv keeps an environment under its declaration's path


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


@dataclass(frozen=True, kw_only=True)
class PeerEnvironment:
    """What an environment of this Python version holds."""

    needs: tuple[str, ...]  # requirements; the first one is the peer
    overrides: tuple[str, ...] = ()  # requirements that replace what distributions declare themselves
    editable: Mapping[str, Path] = field(default_factory=dict)  # folders of needed distributions that are not published
    indexes: Mapping[str, str] = field(default_factory=dict)  # URLs of package indexes for needed distributions

    @property
    def name(self) -> str:
        """The peer's requirement, such as "jax2d==1.0.2"."""
        return self.needs[0]

    def python(self) -> str:
        """Its interpreter. Makes the environment first if it does not exist, and needs no network if it does.

        Raises `NoEnvironmentError`."""
        script = self._declaration()
        sync = ["sync", "--quiet", "--python", sys.executable, "--script", str(script)]
        try:
            _uv(*sync, "--offline")
        except NoEnvironmentError:
            print(f"Making an environment with {', '.join(self.needs)} ...", file=sys.stderr, flush=True)
            _uv(*sync)
        return _uv("python", "find", "--script", str(script)).strip()

    def _declaration(self) -> Path:
        """A script without a body that declares what it needs, in the form of PEP 723."""
        folders = {name: dumps(str(folder)) for name, folder in self.editable.items()}
        sources = {name: f"{{ path = {folder}, editable = true }}" for name, folder in folders.items()}
        sources |= {name: f'{{ index = "for-{name}" }}' for name in self.indexes}
        lines = [
            f"dependencies = {dumps(self.needs)}",
            "[tool.uv]",
            f"override-dependencies = {dumps(self.overrides)}",
            "[tool.uv.sources]",
            *(f"{name} = {source}" for name, source in sources.items()),
        ]
        for name, url in self.indexes.items():
            lines += ["[[tool.uv.index]]", f'name = "for-{name}"', f"url = {dumps(url)}", "explicit = true"]
        text = "\n".join(["# /// script", *(f"# {line}" for line in lines), "# ///", ""])
        which = hashlib.sha256(f"{sys.version}\n{text}".encode()).hexdigest()[:8]
        peer = re.split(r"[^\w-]", self.name)[0]
        script = DECLARATIONS.expanduser() / f"{peer}-{which}.py"
        try:
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text(text, encoding="utf-8")
        except OSError as error:
            raise NoEnvironmentError(str(error)) from error
        return script


def _uv(*arguments: str) -> str:
    """What uv prints."""
    done = subprocess.run([find_uv_bin(), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoEnvironmentError(f"uv {arguments[0]} failed:\n{(done.stderr or done.stdout).strip()[-1000:]}")
    return done.stdout


# In our version of JAX. Jax2D imports chex, which its wheel does not declare. kinetix-env declares an older JAX and
# jax2d 1.0.1.
JAX2D = PeerEnvironment(needs=("jax2d==1.0.2", "chex", jax_requirement()))
KINETIX = PeerEnvironment(needs=("kinetix-env==3.0.2",), overrides=(jax_requirement(), "jax2d==1.0.2"))
OTHER_ENGINES = PeerEnvironment(needs=("box2d>=2.3.10,<3", "mujoco>=3.3,<5", "numpy"))
