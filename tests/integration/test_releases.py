"""Versions, dependency bounds and changelogs follow the rules of RELEASING.md."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {path.parent.name: path for path in sorted(ROOT.glob("packages/*/pyproject.toml"))}
PLUGINS = {path.parent.name: path for path in sorted(ROOT.glob("plugins/*/pyproject.toml"))}

every_package = pytest.mark.parametrize("name", [*PACKAGES, *PLUGINS])


def project(name: str) -> dict[str, Any]:
    return tomllib.loads({**PACKAGES, **PLUGINS}[name].read_text(encoding="utf-8"))["project"]


@every_package
def test_the_changelog_begins_with_the_version_of_the_package(name: str) -> None:
    folder = {**PACKAGES, **PLUGINS}[name].parent
    heads = re.findall(r"^## (.+)$", (folder / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    version = re.escape(project(name)["version"])
    assert re.fullmatch(rf"{version} \((not yet released|\d{{4}}-\d\d-\d\d)\)", heads[0]), heads[0]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)", head) for head in heads[1:])


@every_package
def test_bounds_on_our_own_packages_start_at_the_current_version(name: str) -> None:
    bounds = dict(re.findall(r"^([\w-]+)(?:\[[\w,]+\])?(.*)$", "\n".join(project(name)["dependencies"]), re.MULTILINE))
    ours = set(bounds) & set(PACKAGES)
    assert ours or name == "jax2d"
    for other in ours:
        major, minor, _ = map(int, project(other)["version"].split("."))
        # before 1.0 a minor version may break its users
        ceiling = str(major + 1) if major else f"0.{minor + 1}"
        assert bounds[other] == f">={major}.{minor},<{ceiling}", f"{name}: {other}{bounds[other]}"


@every_package
def test_the_python_upper_bound_is_the_newest_tested_version(name: str) -> None:
    assert project(name)["requires-python"] == ">=3.11,<3.14"
    if name in PACKAGES:
        versions = {line.rsplit(" ", 1)[1] for line in project(name)["classifiers"] if "Python :: 3." in line}
        assert versions == {"3.11", "3.12", "3.13"}


def test_all_packages_take_the_same_versions_of_jax_and_their_readmes_say_so() -> None:
    ranges = {line for name in PACKAGES for line in project(name)["dependencies"] if line.startswith("jax>")}
    assert ranges == {"jax>=0.10,<0.12"}
    for path in [ROOT, *(path.parent for path in PACKAGES.values())]:
        text = " ".join((path / "README.md").read_text(encoding="utf-8").split())
        assert "JAX 0.10 or 0.11" in text and "3.11 to 3.13" in text, path.name


def test_a_version_is_defined_in_one_place() -> None:
    for path in ROOT.glob("packages/*/src/**/*.py"):
        assert '__version__ = "' not in path.read_text(encoding="utf-8"), path


def test_the_workflow_of_ci_runs_the_legs_of_the_script_with_pinned_actions() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "python .ci/legs.py --list" in text and ".ci/run '${{ matrix.leg }}'" in text
    actions = re.findall(r"uses: (\S+)", text)
    assert actions and all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+\.\d+\.\d+", action) for action in actions)
