"""Check that every built wheel works alone: python scripts/check_wheels.py [DIST], after `hatch build --all`.

A wheel holds its package, its licence, its type marker and metadata that agree with pyproject.toml: version, licence,
URLs, and the ranges of Python and JAX. Each wheel goes into an empty environment, with its own dependencies only. There
its package is imported and the Python examples of the READMEs are run, from an empty folder, so that nothing can come
from the checkout."""

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "scripts" / "readme_example.py"
READMES = {"kinetix-env": [ROOT / "README.md"]}  # besides the package's own


def main() -> None:
    """Check the wheels in the folder given, or in dist/."""
    parser = argparse.ArgumentParser(description="Install every built wheel alone and run the README's examples.")
    parser.add_argument("dist", nargs="?", type=Path, default=ROOT / "dist", help="folder of the wheels")
    dist = parser.parse_args().dist.resolve()
    uv = os.environ.get("HATCH_UV")
    if uv is None:
        sys.exit("check_wheels.py needs uv, which hatch provides: hatch run wheels")
    for folder in ("packages", "plugins"):
        for project in sorted(ROOT.glob(f"{folder}/*/pyproject.toml")):
            check_package(project.parent, dist, uv)


def check_package(package: Path, dist: Path, uv: str) -> None:
    """Check the one wheel of a package."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = project["name"]
    module = name.replace("-", "_")
    wheels = sorted(dist.glob(f"{module}-*.whl"))
    if len(wheels) != 1:
        sys.exit(f"Expected one wheel of {name} in {dist}, found {[path.name for path in wheels]}.")
    check_contents(wheels[0], module)
    check_metadata(wheels[0], project, is_published=package.parent.name == "packages")
    with tempfile.TemporaryDirectory(prefix=f"{name}-alone-") as folder:
        python = install_alone(wheels[0], Path(folder), dist, uv)
        inside = f"import {module}, sys; assert {module}.__file__.startswith(sys.prefix), {module}.__file__"
        run([python, "-I", "-W", "error", "-c", inside], folder)
        readmes = [package / "README.md", *READMES.get(name, [])]
        run([python, "-I", EXAMPLES, *readmes], folder)
    print(f"{wheels[0].name}: installs alone, and the README's examples run")


def check_contents(wheel: Path, module: str) -> None:
    """A wheel holds its package, its type marker and its licence, and nothing beside them."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    info = next(top for top in tops if top.endswith(".dist-info"))
    if tops != {module, info}:
        sys.exit(f"{wheel.name} installs {sorted(tops - {info})}; it should install {module} only.")
    for wanted in (f"{module}/py.typed", f"{info}/licenses/LICENSE"):
        if wanted not in names:
            sys.exit(f"{wheel.name} lacks {wanted}.")


def check_metadata(wheel: Path, project: Mapping[str, Any], *, is_published: bool) -> None:
    """The metadata of a wheel are complete and those of its pyproject.toml."""
    faults = metadata_faults(metadata_of(wheel), project, is_published=is_published)
    if faults:
        sys.exit(f"The metadata of {wheel.name} are wrong: {'; '.join(faults)}.")


def metadata_of(wheel: Path) -> Message:
    """The file METADATA of a wheel, and its text as the payload."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def metadata_faults(metadata: Message, project: Mapping[str, Any], *, is_published: bool) -> list[str]:
    """What is missing in a wheel's metadata, or differs from the table `project` of its pyproject.toml."""
    wanted = {"Name": project["name"], "Version": project["version"], "License-Expression": project["license"]}
    faults = [f"{key} is {metadata[key]!r}, not {value!r}" for key, value in wanted.items() if metadata[key] != value]
    if parts(metadata["Requires-Python"] or "") != parts(project["requires-python"]):
        faults.append(f"Requires-Python is {metadata['Requires-Python']!r}, not {project['requires-python']!r}")
    elif "<" not in project["requires-python"]:
        faults.append("Requires-Python has no upper bound")
    needs = [line for line in metadata.get_all("Requires-Dist", []) if line.startswith(("jax>", "jax<"))]
    if not any({">=", "<"} <= {bound.rstrip("0123456789.") for bound in parts(line[3:])} for line in needs):
        faults.append(f"Requires-Dist needs a lower and an upper bound of jax, has {needs}")
    if is_published and not metadata.get_all("Project-URL"):
        faults.append("Project-URL is missing")
    payload = metadata.get_payload()
    if not isinstance(payload, str) or not payload.lstrip().startswith("# "):
        faults.append("the README is missing")
    return faults


def parts(specifier: str) -> set[str]:
    """The bounds of a version range: {">=3.11", "<3.14"}."""
    return {bound.strip() for bound in specifier.split(",")}


def install_alone(wheel: Path, folder: Path, dist: Path, uv: str) -> Path:
    """Make an empty environment, install the wheel, and return its Python."""
    environment = folder / "venv"
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run([uv, "venv", "--quiet", "--no-config", "--python", sys.executable, environment], folder)
    run([uv, "pip", "install", "--quiet", "--no-config", "--python", python, "--find-links", dist, wheel], folder)
    return python


def run(command: list[str | Path], folder: str | Path) -> None:
    """Run a command in a folder, outside the environment that this script runs in; stop if it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, check=False)
    if done.returncode:
        sys.exit(f"Failed with exit code {done.returncode}: {' '.join(map(str, command))}")


if __name__ == "__main__":
    main()
