"""The commands that docstrings, READMEs and the documentation show are accepted, without being run."""

import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kinetix_agents.cli.flags import config_of
from kinetix_agents.training.config import RunConfig, write_config
from kinetix_env.cli.parsing import parse_command
from kinetix_env.plugins import registry
from kinetix_ued import SFL

ROOT = Path(__file__).parents[2]
PAGES = sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("p*/*/README.md")) + [ROOT / "README.md"]
BLOCK = re.compile(r"^```(?:bash|sh)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^ *(?:hatch run )?kinetix (.*)$", re.MULTILINE)
QUOTED = re.compile(r"`kinetix (\w[^`]*)`")


def shown() -> Iterator[tuple[str, str]]:
    """Every command that is shown, and where."""
    for page in PAGES:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in COMMAND.findall(block.replace("\\\n", " ")):
                yield page.relative_to(ROOT).as_posix(), line
    for name, cls in registry().commands.items():
        text = inspect.getdoc(cls) or ""
        for line in COMMAND.findall(text) + [" ".join(found.split()) for found in QUOTED.findall(text)]:
            yield f"the help of kinetix {name}", line


SHOWN = list(dict.fromkeys(shown()))


def parsed(words: list[str]) -> Any:
    """The command of these words, with its fields filled."""
    commands = registry().commands
    (name,) = [name for name in (" ".join(words[:2]), words[0]) if name in commands][:1]
    return parse_command(commands[name], words[len(name.split()) :])


def test_commands_are_found_on_pages_and_in_help() -> None:
    places = {place for place, _ in SHOWN}
    assert {"docs/training.md", "docs/levels.md", "the help of kinetix train"} <= places and len(SHOWN) > 30


@pytest.mark.parametrize(("place", "line"), SHOWN, ids=lambda text: text.split("#")[0].strip())
def test_a_command_that_is_shown_is_accepted(place: str, line: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    # a plugin of the reader's own, which is a renamed copy of one of ours
    words = shlex.split(line.replace("curriculum:mine", "curriculum:learning-progress"), comments=True)
    ends = [index for index, word in enumerate(words) if word in ("|", "&", "&&", ";", ">")]
    words = words[: min(ends, default=len(words))]
    for folder in ("runs/first", "FOLDER"):  # the run that the examples go on with
        (tmp_path / folder).mkdir(parents=True)
        write_config(tmp_path / folder / "config.json", RunConfig())
    if "--help" in words:
        with pytest.raises(SystemExit, match="0"):
            parsed(words)
        return
    command = parsed(words)
    assert command.name == " ".join(words[: len(command.name.split())])


@pytest.mark.parametrize(
    "line",
    [
        "train --minutes 5 curriculum:sfl --curriculum.buffer 9 policy:set-mlp",
        "train curriculum:sfl --minutes 5 --curriculum.buffer 9 policy:set-mlp",
        "train curriculum:sfl policy:set-mlp --curriculum.buffer 9 --minutes 5",
    ],
)
def test_flags_of_the_command_may_follow_subcommands(line: str) -> None:
    config = config_of(parsed(line.split()))
    assert config.minutes == 5 and config.curriculum == SFL(buffer=9)
