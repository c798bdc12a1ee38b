"""The hooks and their documentation stay in step."""

import inspect

import pytest

from kinetix_env.plugins import KINDS, Registry
from kinetix_env.registry import hookspecs

from .conftest import DOCS, EXAMPLE, documented_files

HOOKS = sorted(name for name, _ in inspect.getmembers(hookspecs, inspect.isfunction) if name.startswith("kinetix_"))


def test_every_kind_of_part_has_a_hook():
    assert sorted(kind.hook for kind in KINDS.values()) == HOOKS


def test_the_registry_has_the_types_of_the_hooks():
    hooks = {kind.name: getattr(hookspecs, kind.hook).__annotations__["return"] for kind in KINDS.values()}
    types = {name: text.replace("Catalogue[", "list[type[") + "]" for name, text in Registry.__annotations__.items()}
    assert types == hooks


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_heading_with_its_signature(hook):
    arguments = ", ".join(inspect.signature(getattr(hookspecs, hook)).parameters)
    assert f"\n### `{hook}({arguments})`\n" in DOCS.read_text(encoding="utf-8")


def test_no_heading_is_of_a_hook_that_does_not_exist():
    headings = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("### `kinetix_")]
    assert len(headings) == len(HOOKS)


def test_the_documented_plugin_has_two_files_of_together_under_40_lines():
    files = documented_files()
    assert list(files) == ["pyproject.toml", "kinetix_positions.py"]
    assert sum(len(text.splitlines()) for text in files.values()) < 40


def test_the_documented_module_with_one_of_each_kind_is_the_one_that_is_tested():
    code = (EXAMPLE / "kinetix_example.py").read_text(encoding="utf-8")
    assert f"```python\n{code}```\n" in DOCS.read_text(encoding="utf-8")
    assert all(f"def {hook}():" in code for hook in HOOKS)
