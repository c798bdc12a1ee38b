"""The cache of compiled programs: what it holds, what is removed, and which commands compile nothing at all."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

from kinetix_env.cli.main import main
from kinetix_env.compilation import cache_content, cache_folder, clear_cache

COMPILE = """
import sys
from kinetix_env.compilation import keep_compiled_programs
if "late" in sys.argv: import jax
assert keep_compiled_programs().name == "jax"
import jax, jax.numpy as jnp
assert jax.config.jax_persistent_cache_min_compile_time_secs == 0
print(jax.jit(lambda x: jnp.sin(x).sum())(jnp.ones(3)))
"""


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No folder named, and the user's caches in a folder of the test."""
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    return tmp_path / "kinetix" / "jax"


@pytest.fixture
def compiled() -> Iterator[list[str]]:
    """The names of the programs that are compiled during a test."""
    names: list[str] = []

    def listen(event: str, duration: float, **about: object) -> None:
        if event.endswith("backend_compile_duration"):
            names.append(str(about.get("fun_name", "?")))

    jax.monitoring.register_event_duration_secs_listener(listen)
    jax.clear_caches()
    yield names
    jax.monitoring.unregister_event_duration_listener(listen)


@pytest.mark.parametrize("when", ["early", "late"])
def test_programs_are_kept_where_the_command_looks_for_them(
    when: str, alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run([sys.executable, "-c", COMPILE, when], check=True, env=dict(os.environ), stdout=subprocess.DEVNULL)
    content = cache_content(alone)
    assert content.programs >= 1 and content.size > 100
    assert main(["cache"]) == 0
    assert str(alone) in capsys.readouterr().out
    assert main(["cache", "--clear"]) == 0
    assert f"Removed {content.programs} program" in capsys.readouterr().out
    assert cache_content(alone).programs == 0


def test_clearing_removes_programs_only(tmp_path: Path) -> None:
    program = tmp_path / f"jit_f-{'0a' * 32}-cache"
    others = [tmp_path / "notes.txt", tmp_path / "my-cache", tmp_path / "folder" / program.name]
    others[-1].parent.mkdir()
    for file in (program, *others):
        file.write_text("12345")
    assert clear_cache(tmp_path) == cache_content(tmp_path).__class__(programs=1, size=5)
    assert not program.exists() and all(file.exists() for file in others)
    assert cache_content(tmp_path / "nowhere").programs == 0


def test_a_named_folder_is_used_instead(monkeypatch: pytest.MonkeyPatch, alone: Path) -> None:
    assert cache_folder() == alone
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "elsewhere")
    assert cache_folder() == Path("elsewhere")


@pytest.mark.parametrize(
    "command",
    [
        ["render", "suite:l/pinball", "--out", "picture.png"],
        ["render", "suite:l/pinball", "--out", "picture.svg"],
        ["levels", "show", "suite:l/pinball", "--out", "picture.png"],
        ["levels", "list", "suite:s"],
    ],
    ids=" ".join,
)
def test_looking_at_a_level_of_a_file_compiles_nothing(
    command: list[str], compiled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command) == 0
    assert compiled == []


def test_the_listener_hears_what_is_compiled(compiled: list[str]) -> None:
    jax.jit(lambda x: x + 1)(1.0)
    assert compiled


def test_help_does_not_wait_for_jax() -> None:
    program = "import sys; from kinetix_env.cli.main import main; main(['--help']); assert 'jax' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
