"""Completion scripts: every flag and command, and a real shell that completes with them."""

import re
import shutil
import subprocess

import pytest

from kinetix_env.cli.completion_scripts import SCRIPTS
from kinetix_env.cli.completion_words import words_of_commands
from kinetix_env.cli.main import main
from kinetix_env.plugins import registry

LINES = {
    "kinetix lev": {"levels"},
    "kinetix levels sh": {"show"},
    "kinetix levels show --see": {"--seed"},
    "kinetix levels list suite:sm": {"suite:smoke"},
    "kinetix bench env --no-": {"--no-json"},
    "kinetix completion f": {"fish"},
}
ASK = {
    "bash": """
COMP_WORDBREAKS=${COMP_WORDBREAKS//:}
COMP_LINE=$LINE; COMP_POINT=${#LINE}; _kinetix; printf '%s\\n' "${COMPREPLY[@]}"
""",
    "zsh": """
words=(${=LINE}); CURRENT=${#words}; _kinetix
""",
    "fish": """
complete -C "$LINE"
""",
}
STUBS = {  # what zsh's completion system has, as far as the script uses it
    "zsh": """
compdef() { }; _files() { }
compadd() { shift; for word in $@; do [[ $word == ${words[CURRENT]}* ]] && print -r -- $word; done }
"""
}


@pytest.fixture(scope="module")
def words():
    return words_of_commands(registry().commands)


@pytest.mark.parametrize("name", sorted(registry().commands))
def test_every_flag_of_the_help_is_completed(name, words, capsys):
    assert main([*name.split(), "--help"]) == 0
    entries = [line for line in capsys.readouterr().out.splitlines() if re.match(r"\W*\s-h?", line)]
    flags = set(re.findall(r"(?<![\w-])--[a-z][\w.-]*", " ".join(entries)))
    assert "--help" in flags and flags <= set(words[name])


def test_groups_complete_their_commands(words):
    assert {"levels", "plugins", "render"} <= set(words[""])
    assert {"list", "show"} <= set(words["levels"])


def test_parts_of_a_run_and_their_flags_are_completed(words):
    pytest.importorskip("kinetix_ued")
    assert {"curriculum:sfl", "--curriculum.buffer", "--ppo.envs", "observation:None", "--no-resume"} <= set(
        words["train"]
    )


@pytest.mark.parametrize("shell", sorted(SCRIPTS))
def test_a_shell_completes(shell, words, tmp_path):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(SCRIPTS[shell](words))
    quiet = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    for line, found in LINES.items():
        program = f"{STUBS.get(shell, '')}\nsource {script}\n{ASK[shell]}"
        done = subprocess.run(
            [shell, *quiet, "-c", program],
            env={"LINE": line, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        answers = {answer.split("\t")[0] for answer in done.stdout.split("\n") if answer} - {"script"}
        assert answers == found, (line, done.stderr)
