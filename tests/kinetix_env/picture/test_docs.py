"""docs/rendering.md: its commands are such, its Python runs, and its pictures are what its commands make."""

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from kinetix_env.cli.main import main
from kinetix_env.cli.parsing import parse
from kinetix_env.plugins import registry

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "rendering.md").read_text(encoding="utf-8")
MOST_BYTES = 300_000


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


COMMANDS = [shlex.split(line, comments=True) for line in "".join(blocks("bash")).splitlines()]


def test_the_documented_commands_are_accepted():
    assert len(COMMANDS) >= 5
    for program, *words in COMMANDS:
        name = next(name for name in registry().commands if words[: len(name.split())] == name.split())
        flags = parse(registry().commands[name], prog=name, args=words[len(name.split()) :])
        assert program == "kinetix" and flags.out is not None


def test_every_flag_is_explained():
    cls = registry().commands["render"]
    for field in fields(cls):
        if field.name != "level":
            assert re.search(rf"^\| .*`--{field.name}`", TEXT, re.MULTILINE), field.name


def test_the_pictures_are_those_that_the_commands_make(tmp_path, monkeypatch):
    """The film is not made again: another processor may round otherwise."""
    shown = re.findall(r"!\[.*?\]\((.*?)\)", TEXT)
    assert shown == ["crane.svg", "crane.gif"]
    made = {words[words.index("--out") + 1]: words for words in COMMANDS}
    monkeypatch.chdir(tmp_path)
    assert main(made["crane.svg"][1:]) == 0
    assert (tmp_path / "crane.svg").read_text() == (DOCS / "crane.svg").read_text()
    assert made["crane.gif"][1:] == ["render", "suite:m/crane", "--out", "crane.gif"]
    with Image.open(DOCS / "crane.gif") as film:
        assert film.size == (320, 320) and film.n_frames > 20
    assert all((DOCS / name).stat().st_size < MOST_BYTES for name in shown)


@pytest.mark.slow
def test_the_python_examples_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    namespace = {}
    for block in blocks("python"):
        exec(block, namespace)
    assert namespace["bell"].name == "bell" and namespace["episodes"][1].ending == "solved"
    assert capsys.readouterr().out == "half power: unfinished after 2.0 s\n"
    written = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(written) == set(re.findall(r'"([\w-]+\.(?:png|svg|gif|mp4|html))"', "".join(blocks("python"))))
    assert min(written.values()) > 1000
