"""Real plugins, built by their build backend and installed by pip without a network."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs" / "plugins.md"
EXAMPLE = Path(__file__).parent / "example"
PIP = ["install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation"]

# a sentence that calls the file by its name, and the block after it
FILE = re.compile(r"`([\w.]+)` (?:is|says)[^\n]*\n\n```(?:toml|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def documented_files() -> dict[str, str]:
    """The files of the plugin that docs/plugins.md shows, by name."""
    return dict(FILE.findall(DOCS.read_text(encoding="utf-8")))


class Place:
    """A virtual environment that sees our packages, with plugins of its own."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True, symlinks=os.name != "nt")
        self.python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        site = subprocess.run(
            [self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip
        ours = [path for path in sys.path if path.endswith("site-packages")]
        # addsitedir, so that packages installed in editable mode are found as well
        lines = [f"import site; site.addsitedir({path!r})" for path in ours]
        (Path(site) / "ours.pth").write_text("\n".join(lines) + "\n")

    def pip(self, *args: str | Path) -> None:
        """Install requirements into the environment."""
        done = subprocess.run([self.python, "-m", "pip", *PIP, *args], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr

    def run(self, script: str, also: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the environment's Python, with the packages in the folder `also`."""
        paths = [str(also)] if also else []
        paths += [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        return subprocess.run([self.python, "-c", script], capture_output=True, text=True, timeout=300, env=env)

    def kinetix(self, *args: str, also: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the command `kinetix` of the environment."""
        return self.run(f"import sys; from kinetix_env.cli.main import main; sys.exit(main({list(args)!r}))", also)


def write_project(folder: Path, name: str, module: str, code: str) -> Path:
    """A project whose one module is a plugin."""
    folder.mkdir()
    text = (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    text = text.replace("kinetix-example", name).replace("kinetix_example", module)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An environment with the example plugin, the one of the documentation and a broken one, built here."""
    documented = tmp_path_factory.mktemp("documented")
    for name, text in documented_files().items():
        (documented / name).write_text(text, encoding="utf-8")
    example = tmp_path_factory.mktemp("example")
    for file in EXAMPLE.iterdir():
        if file.is_file():
            (example / file.name).write_bytes(file.read_bytes())
    broken = write_project(tmp_path_factory.mktemp("broken") / "source", "kinetix-bad", "kinetix_bad", "1 / 0\n")
    place = Place(tmp_path_factory.mktemp("place") / "venv")
    place.pip(documented, example, broken)
    return place
