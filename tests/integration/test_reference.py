"""The API reference shows every public name and every field with its meaning, and the help of every command."""

import pydoc
import re
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import griffe
import pytest

import jax2d
import kinetix_agents
import kinetix_env
import kinetix_ued
from scripts.site.commands import command_help, command_names

from .facades import FACADES

ROOT = Path(__file__).parents[2]
SOURCES = sorted(ROOT.glob("packages/*/src"))
PAGES = sorted((ROOT / "docs" / "reference").glob("*.md"))

# Public modules besides every package with an `__all__`: what others may import, and what `kinetix_ued` is made of.
MODULES = (
    *FACADES,
    "kinetix_ued.buffer",
    "kinetix_ued.fresh",
    "kinetix_ued.learning",
    "kinetix_ued.packing",
    "kinetix_ued.replay",
    "kinetix_ued.scores",
)


@cache
def loaded() -> griffe.ModulesCollection:
    """Our packages as griffe reads them for the site, without importing them."""
    loader = griffe.GriffeLoader(
        search_paths=SOURCES, extensions=griffe.load_extensions(ROOT / "scripts" / "site" / "field_comments.py")
    )
    for source in SOURCES:
        loader.load(next(source.iterdir()).name)
    loader.resolve_aliases()
    return loader.modules_collection


def packages(module: Any) -> list[str]:
    """The module and all packages in it that declare public names."""
    inside = [name for member in module.modules.values() if member.is_init_module for name in packages(member)]
    return [*([module.path] if module.exports else []), *inside]


def public_modules() -> list[str]:
    return sorted({name for source in SOURCES for name in packages(loaded()[next(source.iterdir()).name])} | {*MODULES})


@cache
def documented() -> frozenset[str]:
    """Where the objects are defined that the pages of the reference show."""
    found: set[str] = set()
    for page in PAGES:
        for path in re.findall(r"^::: ([\w.]+)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            shown = loaded()[path]
            found.add(shown.canonical_path)
            if shown.is_module:
                members = shown.exports or [name for name, value in shown.members.items() if not value.is_alias]
                found |= {shown[str(name)].canonical_path for name in members}
    return frozenset(found)


def test_every_public_name_is_on_a_page_of_the_reference() -> None:
    modules = public_modules()
    assert len(modules) > 30
    names = [f"{module}.{name}" for module in modules for name in loaded()[module].exports or []]
    missing = [name for name in names if loaded()[name].canonical_path not in documented()]
    assert not missing, f"Add these to a page of docs/reference/: {missing}"


def test_every_page_of_the_reference_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"reference/([\w-]+\.md)", text)) == {page.name for page in PAGES}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("jax2d.State.position", "m"),
        ("kinetix_agents.PPOConfig.envs", "environments"),
        ("kinetix_env.protocols.Outcome.success_rate", "solved"),
        ("kinetix_agents.RunConfig.seed", "random"),
    ],
)
def test_the_comment_after_a_field_is_its_documentation(field: str, words: str) -> None:
    docstring = loaded()[field].docstring
    assert docstring is not None and words in docstring.value


def test_the_page_of_commands_is_made_from_the_help() -> None:
    names = command_names()
    assert {"train", "eval", "levels show", "render"} <= set(names)
    overview = command_help(["--help"])
    assert all(name in overview for name in names)
    text = command_help(["levels", "show", "--help"])
    assert "--out" in text and "\x1b" not in text


@pytest.mark.parametrize("package", [jax2d, kinetix_env, kinetix_agents, kinetix_ued])
def test_help_in_a_shell_shows_every_field(package: ModuleType) -> None:
    classes = [getattr(package, name) for name in package.__all__ if is_dataclass(getattr(package, name))]
    assert classes
    for cls in classes:
        text = pydoc.render_doc(cls, renderer=pydoc.plaintext)
        for field in fields(cls):
            assert re.search(rf"\b{field.name}\b", text), f"help({cls.__name__}) does not show {field.name}"
