"""The layout of the repository: imports between packages, the files of a package, no side effects of importing."""

import ast
import importlib
import inspect
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import jaxtyping
import pytest

from jax2d import Capacity, Contacts

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
MODULES = {folder.name.replace("-", "_"): folder for folder in FOLDERS}

# What each of our packages may import of the others, directly.
MAY_IMPORT = {
    "jax2d": set(),
    "kinetix_env": {"jax2d"},
    "kinetix_agents": {"jax2d", "kinetix_env"},
    "kinetix_ued": {"jax2d", "kinetix_env"},
}

every_package = pytest.mark.parametrize("module", MODULES)


def imported_packages(source: str) -> set[str]:
    """Top-level packages that a module's source imports anywhere, in functions too; relative imports stay at home."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def python_files(module: str) -> Iterator[Path]:
    yield from sorted((MODULES[module] / "src").rglob("*.py"))


def run_python(code: str) -> str:
    """Run code in a fresh interpreter, warnings being errors, and return what it printed.

    It gets few environment variables: this process has imported our packages and so could hide what they set.
    """
    command = [sys.executable, "-W", "error", "-c", code]
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_forms_of_import_are_found() -> None:
    source = "import a.b\nfrom c.d import e\nfrom . import f\ndef g():\n    from h import i as j, k\n"
    assert imported_packages(source) == {"a", "c", "h"}


@every_package
def test_packages_import_only_lower_packages(module: str) -> None:
    allowed = MAY_IMPORT[module] | {module}
    for path in python_files(module):
        above = imported_packages(path.read_text(encoding="utf-8")) & set(MAY_IMPORT) - allowed
        assert not above, f"{path.relative_to(ROOT)} imports {sorted(above)}; {module} may import {sorted(allowed)}"


@every_package
def test_declared_dependencies_follow_the_import_direction(module: str) -> None:
    project = tomllib.loads((MODULES[module] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    names = {import_name(line) for line in [*project["dependencies"], *extras]}
    assert names & set(MAY_IMPORT) <= MAY_IMPORT[module]


def import_name(requirement: str) -> str:
    """The import name that a requirement such as `kinetix-env[gym]>=1` most likely provides."""
    name = requirement.strip()
    for separator in "[<>=!~; (":
        name = name.split(separator)[0]
    return name.replace("-", "_").lower()


@every_package
def test_a_package_has_readme_changelog_licence_types_and_tests(module: str) -> None:
    folder = MODULES[module]
    for name in ("README.md", "CHANGELOG.md", "LICENSE", f"src/{module}/py.typed", f"src/{module}/__init__.py"):
        assert (folder / name).is_file(), f"{folder.relative_to(ROOT)} lacks {name}"
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (ROOT / "tests" / module).is_dir()


@every_package
def test_a_package_is_tested_alone_at_both_ends_of_its_jax_range(module: str) -> None:
    matrix = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["envs"]["matrix"]
    ends = {end for table in matrix["matrix"] if MODULES[module].name in table["package"] for end in table["jax"]}
    assert ends == {"oldest", "newest"}


@every_package
def test_public_names_exist_and_are_documented(module: str) -> None:
    package = importlib.import_module(module)
    assert inspect.getdoc(package), f"{module} has no docstring"
    names = package.__all__
    assert names and len(set(names)) == len(names)
    for name in names:
        value = getattr(package, name)
        if callable(value):
            # A class must have words of its own, not those of its base; a dataclass without any gets its signature.
            words = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
            assert words and not words.startswith(f"{name}("), f"{module}.{name} has no docstring"


@every_package
def test_importing_initialises_no_device_and_has_no_side_effects(module: str) -> None:
    output = run_python(
        f"""
import os, sys, threading, warnings
import jax, equinox  # what these do is not ours to answer for
before = dict(os.environ), os.getcwd(), list(warnings.filters), dict(jax.config.values), threading.active_count()
import {module}
after = dict(os.environ), os.getcwd(), list(warnings.filters), dict(jax.config.values), threading.active_count()
assert before == after
jax.config.update("jax_num_cpu_devices", 3)  # JAX refuses this once a backend exists
assert len(jax.devices()) == 3
print("matplotlib" in sys.modules, "PIL" in sys.modules)
"""
    )
    assert output == "False False\n"  # nothing printed, and no plotting library loaded


def test_tests_check_array_shapes_at_run_time() -> None:
    """The jaxtyping hook of pyproject.toml is at work: without it these tests would check no shape at all."""
    capacity = Capacity.small()
    fields = {name: jnp.zeros(3) for name in ("depth", "normal_impulse", "tangent_impulse")}
    vectors = {name: jnp.zeros((3, 2)) for name in ("point", "normal")}
    Contacts(active=jnp.zeros(3, bool), capacity=capacity, **fields, **vectors)
    with pytest.raises(jaxtyping.TypeCheckError, match="active"):
        Contacts(active=jnp.zeros(4, bool), capacity=capacity, **fields, **vectors)
    with pytest.raises(jaxtyping.TypeCheckError):
        Contacts(active=jnp.zeros(3), capacity=capacity, **fields, **vectors)


def test_two_cpu_devices_are_available() -> None:
    wanted = os.environ["JAX_NUM_CPU_DEVICES"]
    assert len(jax.devices("cpu")) == int(wanted)
