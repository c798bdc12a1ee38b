"""Pages that name many things by hand: what they name exists, and the example for users of Kinetix 3 runs."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training.config import RunConfig
from kinetix_env.levels import export_published
from kinetix_env.levels.published import COUNTS, PHYSICS_NAMES, SOLVER
from kinetix_env.plugins import registry
from kinetix_env.sources import find_levels
from scripts.readme_example import python_blocks

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "from-kinetix.md"
PAGES = [PAGE, DOCS / "faq.md", DOCS / "comparison.md"]
FLAG = re.compile(r"`(?:kinetix [\w ]*|\w[\w-]*:[\w-]* )?--([a-z][a-z.-]*)")
NAME = re.compile(r"`((?:kinetix_env|kinetix_agents|kinetix_ued|jax2d)(?:\.\w+)+)")
KINDS = {  # how the flags of a part begin, and where the parts are registered
    "environment": "environments",
    "observation": "observations",
    "reward": "rewards",
    "generator": "level_generators",
    "curriculum": "curricula",
    "policy": "policies",
}


def field_names(*classes: Any) -> set[str]:
    return {field.name for cls in classes if is_dataclass(cls) for field in fields(cls)}


def known_flags() -> set[str]:
    """Every flag of every command and every part, as it is written."""
    parts = registry()
    names = field_names(RunConfig, *parts.commands.values()) | {f"ppo.{name}" for name in field_names(PPOConfig)}
    for prefix, kind in KINDS.items():
        names |= {f"{prefix}.{name}" for name in field_names(*getattr(parts, kind).values())}
    return {"help", *(name.replace("_", "-") for name in names)}


def shown(page: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    yield from (found[1] for found in pattern.finditer(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_flags_of_a_page_exist(page: Path) -> None:
    known = known_flags()
    unknown = {flag for flag in shown(page, FLAG) if flag not in known and flag.replace("no-", "", 1) not in known}
    assert not unknown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_modules_and_names_of_a_page_exist(page: Path) -> None:
    for name in set(shown(page, NAME)):
        module, _, last = name.rpartition(".")
        try:
            import_module(name)
        except ModuleNotFoundError:
            assert hasattr(import_module(module), last), name


def test_every_published_count_and_physics_parameter_is_mapped() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    for theirs, ours in {**COUNTS, **PHYSICS_NAMES}.items():
        (row,) = [row for row in rows if f"`{theirs}`" in row]
        assert f"`{ours}`" in row or "the same name" in row, theirs
    assert all(any(f"`{name}`" in row for row in rows) for name in SOLVER)


@pytest.mark.slow
def test_the_example_for_users_of_kinetix_plays_published_files(tmp_path: Path, monkeypatch: Any) -> None:
    folder = tmp_path / "worlds" / "s"
    folder.mkdir(parents=True)
    for name in ("hover", "bell"):
        (named,) = find_levels(f"suite:s/{name}")
        (folder / f"{name}.json").write_text(json.dumps(export_published(named)))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    (block,) = python_blocks(PAGE)
    assert len([line for line in block.splitlines() if line and "import" not in line]) <= 10
    exec(block, names)
    assert len(names["levels"]) == 2
    info, done = names["info"], np.asarray(names["done"])
    assert (np.asarray(info.episode_length) == 1).all() and not done.any()
    assert (np.asarray(info.episode_return) == 0).all()  # the published reward gives nothing for a first step
