"""Install as the pages say: python scripts/check_installation.py

Every line `pip install ./packages/...` of every README and page, and the one of the wheels in dist/, is run in an empty
environment of its own from the top of the checkout. None may take a package of ours from the index, where others own
the names; whatever it installs must import, and say that it is in the environment."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/**/*.md", "packages/*/README.md", "plugins/*/README.md")
LINE = re.compile(r"^pip install (?=.*(?:\./(?:packages|plugins)/|dist/)).*?(?=\s{2,}#|$)", re.MULTILINE)
WHEELS = re.compile(r"`(pip install dist/\*\.whl)`")
TARGET = re.compile(r"\./(?:packages|plugins)/([a-z0-9-]+)")


def main() -> None:
    """Run every line once."""
    uv = os.environ.get("HATCH_UV")
    if uv is None:
        sys.exit("check_installation.py needs uv, which hatch provides: hatch run installation")
    lines = printed_lines()
    if len(lines) < 3:
        sys.exit(f"Only {len(lines)} lines were found: the pages or the pattern have changed.")
    for line, page in lines.items():
        check(line, page, uv)
    print(f"{len(lines)} lines install what they say.")


def printed_lines() -> dict[str, str]:
    """The lines, each with the first page that prints it."""
    lines: dict[str, str] = {}
    for pattern in PAGES:
        for page in sorted(ROOT.glob(pattern)):
            text = page.read_text(encoding="utf-8")
            for line in (*LINE.findall(text), *WHEELS.findall(text)):
                lines.setdefault(line.strip(), str(page.relative_to(ROOT)))
    return lines


def check(line: str, page: str, uv: str) -> None:
    """Run one line in an empty environment, and import what came of it."""
    words = shlex.split(line)[2:]
    wheels = sorted((ROOT / "dist").glob("*.whl"))
    if "dist/*.whl" in words:
        if not wheels:
            sys.exit("dist/ holds no wheels; run: hatch build --all")
        words = [str(wheel) for wheel in wheels]
        names = [wheel.name.split("-")[0] for wheel in wheels]
    else:
        names = [name.replace("-", "_") for name in TARGET.findall(line)]
    with tempfile.TemporaryDirectory(prefix="installation-") as folder:
        python = Path(folder, "venv", "Scripts/python.exe" if os.name == "nt" else "bin/python")
        run([uv, "venv", "--quiet", "--no-config", "--python", sys.executable, python.parents[1]])
        run([uv, "pip", "install", "--quiet", "--no-config", "--python", python, *words])
        inside = "; ".join(f"import {name}; assert {name}.__file__.startswith(sys.prefix)" for name in names)
        run([python, "-I", "-W", "error", "-c", f"import sys; {inside}"])
        refuse_index(python, uv)
        program = python.with_name("kinetix")
        if program.exists():
            run([program, "plugins"], quiet=True)
    print(f"{page}: {line}", flush=True)


def refuse_index(python: Path, uv: str) -> None:
    """Stop if a package of ours did not come from a file."""
    ours = {path.parent.name for folder in ("packages", "plugins") for path in ROOT.glob(f"{folder}/*/pyproject.toml")}
    command = [uv, "pip", "freeze", "--quiet", "--no-config", "--python", str(python)]
    frozen = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    strangers = [line for line in frozen if re.split(r"==| @ ", line)[0] in ours and " @ file:" not in line]
    if strangers:
        sys.exit(f"From the index, where the names belong to others: {', '.join(strangers)}")


def run(command: Iterable[str | Path], *, quiet: bool = False) -> None:
    """Run a command at the top of the checkout, outside the environment of this script; stop if it fails."""
    words = [str(word) for word in command]
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run(words, cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL if quiet else None)
    if done.returncode:
        sys.exit(f"Failed with exit code {done.returncode}: {shlex.join(words)}")


if __name__ == "__main__":
    main()
