"""The documentation agrees with the code: examples of tutorials, paths, and the names of packages to install."""

import re
from pathlib import Path

import pytest

from scripts.readme_example import python_blocks
from tests.integration.test_words import pages

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
READMES = [ROOT / "README.md", *sorted(ROOT.glob("packages/*/README.md"))]
OUR_NAMES = "|".join(path.name for folder in ("packages", "plugins") for path in ROOT.glob(f"{folder}/*"))

# A command that would take a package of our name from the index: a name that is no path, as in `pip install jax2d`.
FROM_THE_INDEX = re.compile(rf"""\b(?:install|add)\b[^`\n]*[\s'"](?:{OUR_NAMES})(?=[\s\['"`=<>]|$)""", re.MULTILINE)


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_the_python_of_a_tutorial_is_an_example_that_is_run(page: Path) -> None:
    """The tests and the check of the wheels run the examples of the READMEs."""
    run = {block for readme in READMES for block in python_blocks(readme)}
    assert set(python_blocks(page)) <= run


def test_every_example_of_a_package_is_in_a_tutorial() -> None:
    shown = {block for page in TUTORIALS for block in python_blocks(page)}
    for name in ("jax2d", "kinetix-env", "kinetix-agents"):
        assert set(python_blocks(ROOT / "packages" / name / "README.md")) <= shown, name


def test_contributing_names_paths_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:packages|tests|docs|plugins|scripts)/[\w./-]+)`", text))
    assert len(paths) > 25
    missing = sorted(path for path in paths if not (ROOT / path).exists())
    assert not missing, f"CONTRIBUTING.md names paths that do not exist: {missing}"


def test_the_map_names_every_folder_of_every_package() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = {path.parent.name for path in ROOT.glob("packages/*/src/*/*/__init__.py")}
    assert len(folders) > 20
    assert not {name for name in folders if f"`{name}/`" not in text}


def test_no_page_installs_another_project_by_our_name() -> None:
    places = [*pages(), *sorted(ROOT.glob("scripts/*.py"))]
    found = {
        str(place.relative_to(ROOT)): FROM_THE_INDEX.findall(place.read_text(encoding="utf-8"))
        for place in places
        if FROM_THE_INDEX.search(place.read_text(encoding="utf-8"))
    }
    assert not found, "Install from the clone, `pip install ./packages/NAME`: the names on the index are other projects"


@pytest.mark.parametrize(
    ("command", "is_wrong"),
    [
        ("pip install jax2d", True),
        ("pip install 'kinetix-env[gym]' stable-baselines3", True),
        ("uv add kinetix-agents", True),
        ("pip install ./packages/jax2d ./packages/kinetix-env", False),
        ('pip install "./packages/kinetix-env[gym,video]"', False),
        ("pip install -e .", False),
    ],
)
def test_a_wrong_command_is_recognised(command: str, is_wrong: bool) -> None:
    assert bool(FROM_THE_INDEX.search(command)) is is_wrong
