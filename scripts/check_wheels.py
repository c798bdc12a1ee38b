"""Check that every built wheel works alone: python scripts/check_wheels.py [DIST], after `hatch build --all`.

Each wheel goes into an empty environment, with its own dependencies only. There its package is imported and the Python
examples of the READMEs are run, from an empty folder, so that nothing can come from the checkout."""

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

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
    name = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    module = name.replace("-", "_")
    wheels = sorted(dist.glob(f"{module}-*.whl"))
    if len(wheels) != 1:
        sys.exit(f"Expected one wheel of {name} in {dist}, found {[path.name for path in wheels]}.")
    check_contents(wheels[0], module)
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
