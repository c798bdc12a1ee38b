"""Packages and plugins import only declared public modules of other packages, and only names in their `__all__`.

Everything else is inside of a package and may move without notice."""

import ast
import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from .facades import FACADES, INSIDE, PACKAGES

ROOT = Path(__file__).parents[2]

SOURCES = {path.name: sorted(path.glob("src/**/*.py")) for path in [*ROOT.glob("packages/*"), *ROOT.glob("plugins/*")]}
SOURCES |= {name: sorted((ROOT / name).rglob("*.py")) for name in ("scripts", "benchmarks")}


def is_module(module: str, name: str | None) -> bool:
    """Whether a name that is imported from a module is a module itself."""
    imported = importlib.import_module(module)
    if name is None or name in getattr(imported, "__all__", ()) or not hasattr(imported, "__path__"):
        return False
    return importlib.util.find_spec(f"{module}.{name}") is not None


def crossing(path: Path, home: str) -> Iterator[tuple[str, str | None]]:
    """The modules that a file imports from our other packages, each with the name that it takes (None: all of it)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found: list[tuple[str, str | None]] = []
        if isinstance(node, ast.Import):
            found = [(alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found = [(node.module, alias.name) for alias in node.names]
        for module, name in found:
            package = module.split(".")[0]
            if package in PACKAGES and package != home.replace("-", "_"):
                yield (f"{module}.{name}", None) if is_module(module, name) else (module, name)


@pytest.mark.parametrize("home", SOURCES)
def test_packages_import_only_public_modules_and_names_of_each_other(home: str) -> None:
    allowed = FACADES | (INSIDE if home in ("scripts", "benchmarks") else set())
    wrong = []
    for path in SOURCES[home]:
        for module, name in crossing(path, home):
            where = f"{path.relative_to(ROOT)} imports {name or 'all'} of {module}"
            if module not in allowed:
                wrong.append(f"{where}, which is inside of its package")
            elif name is not None and name not in importlib.import_module(module).__all__:
                wrong.append(f"{where}, whose __all__ lacks it")
    assert not wrong, "\n".join(wrong)


def test_imports_between_packages_are_found() -> None:
    found = {home: [pair for path in paths for pair in crossing(path, home)] for home, paths in SOURCES.items()}
    assert len(found["kinetix-agents"]) > 100 and len(found["benchmarks"]) > 30
    assert ("kinetix_ued.toolkit", "Packing") in found["kinetix-curriculum-learning-progress"]
    assert ("jax2d.boundary", None) in found["kinetix-env"]  # `from jax2d import boundary`


@pytest.mark.parametrize("module", sorted(FACADES))
def test_a_public_module_has_a_docstring_and_every_name_in_its_all(module: str) -> None:
    facade = importlib.import_module(module)
    assert inspect.getdoc(facade) and facade.__all__
    for name in facade.__all__:
        getattr(facade, name)


def test_the_documentation_lists_every_public_module() -> None:
    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    _, _, section = text.partition("## What you may import\n")
    section = section.partition("\n## ")[0]
    missing = {name for name in FACADES if f"`{name}`" not in section}
    assert not missing
