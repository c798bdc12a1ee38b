"""The layers of kinetix_env: each part of the package imports only parts listed before it.

The rule holds for every import, inside functions and under `TYPE_CHECKING` too. What has to reach up, such as the
picture of a level in a notebook, names its target as text (`kinetix_env.display`)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kinetix_agents
import kinetix_env
import kinetix_ued

# The order in which kinetix_env is read. `builtins` and the root name everything, so nothing may import them.
LAYERS = (
    ("errors", "config", "compilation", "display", "devices", "files"),
    ("level",),
    ("task",),
    ("protocols",),
    ("generators",),
    ("mutations",),
    ("levels",),
    ("registry",),
    ("plugins",),
    ("parts",),
    ("environments",),
    ("search",),
    ("sources",),
    ("play",),
    ("picture",),
    ("observations",),
    ("gym",),
    ("cli",),
    ("commands", "builtins"),
)
FLOOR = {name: floor for floor, names in enumerate(LAYERS) for name in names}


def root(package: object) -> Path:
    return Path(str(vars(package)["__file__"])).parent


def imports(package: Path) -> Iterator[tuple[str, str]]:
    """Every import within a package, as the dotted paths of the importing and the imported module."""
    modules = {module_name(package, path): path for path in package.rglob("*.py")}
    for name, path in modules.items():
        home = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                above = home[: len(home) - node.level + 1] if node.level else []
                target = ".".join([*above, *(node.module or "").split(".")]).strip(".")
                for alias in node.names:
                    whole = f"{target}.{alias.name}"
                    yield name, whole if whole in modules else target
            elif isinstance(node, ast.Import):
                yield from ((name, alias.name) for alias in node.names)


def module_name(package: Path, path: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_part_of_kinetix_env_has_a_layer() -> None:
    package = root(kinetix_env)
    parts = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert parts - {"__init__"} == set(FLOOR)


def test_no_part_of_kinetix_env_imports_a_later_layer() -> None:
    inside = [
        (name.split(".")[1:2], target.split(".")[1:2], f"{name} imports {target}")
        for name, target in imports(root(kinetix_env))
        if name != "kinetix_env" and target.split(".")[0] == "kinetix_env"
    ]
    assert len(inside) > 300  # the walk finds imports at all
    up = [line for (part,), target, line in inside if not target or FLOOR[target[0]] > FLOOR[part]]
    assert not up


@pytest.mark.parametrize("package", [kinetix_env, kinetix_agents, kinetix_ued], ids=lambda package: package.__name__)
def test_no_modules_form_an_import_cycle(package: object) -> None:
    arrows: dict[str, set[str]] = {}
    for name, target in imports(root(package)):
        if target != name:
            arrows.setdefault(name, set()).add(target)
    assert not circles(arrows)


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The names of each cycle: sets of names that all reach each other."""
    reached = {name: reachable(arrows, name) for name in arrows}
    found = {frozenset(other for other in reached[name] if name in reached.get(other, ())) for name in arrows}
    return sorted(sorted(circle) for circle in found if circle)


def reachable(arrows: dict[str, set[str]], start: str) -> set[str]:
    """The names reachable by a path of at least one arrow."""
    found: set[str] = set()
    left = [start]
    while left:
        new = arrows.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def test_import_cycles_are_separated_from_their_importers() -> None:
    arrows = {"above": {"a"}, "a": {"b"}, "b": {"c"}, "c": {"a", "x"}, "x": {"y", "below"}, "y": {"x"}}
    assert circles(arrows) == [["a", "b", "c"], ["x", "y"]]
