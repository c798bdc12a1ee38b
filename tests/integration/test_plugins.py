"""The plugins of this repository are found and trained by name, and can be copied as documented."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from uv import find_uv_bin

from kinetix_agents.agent import load_agent
from kinetix_agents.cli.flags import config_of
from kinetix_agents.cli.train import Train
from kinetix_agents.training.config import RunConfig, read_config, write_config
from kinetix_agents.training.run import train
from kinetix_curriculum_learning_progress import LearningProgress
from kinetix_env.cli.main import main
from kinetix_env.cli.parsing import parse
from kinetix_env.errors import ConfigError
from kinetix_env.plugins import registry
from kinetix_policy_equinox import DeepSets

ROOT = Path(__file__).parents[2]
OUTSIDE = Path(__file__).parent / "outside"
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
QUICKLY = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
SMALL = ["--steps", "64", "--ppo.envs", "8", "--ppo.steps", "4", "--ppo.minibatches", "2", "--ppo.epochs", "1"]
COMMAND = "import sys; from kinetix_env.cli.main import main; sys.exit(main())"


def kinetix(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", COMMAND, *args],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def installed(project: Path, site: Path) -> Path:
    """A folder that a package was built for and installed into."""
    install = [find_uv_bin(), "pip", "install", "--quiet", "--offline", "--no-deps", "--no-build-isolation"]
    subprocess.run([*install, "--python", sys.executable, "--target", site, project], check=True)
    return site


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugin_has_the_files_of_a_package(folder: Path) -> None:
    module = folder.name.replace("-", "_")
    for name in ("README.md", "CHANGELOG.md", f"src/{module}/py.typed", f"src/{module}/__init__.py"):
        assert (folder / name).is_file(), f"{folder.name} lacks {name}"
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert list(folder.glob("tests/test_*.py"))
    assert f"`plugins/{folder.name}`" in (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")


def test_installed_plugins_are_listed_with_their_distribution(capsys: Any) -> None:
    assert main(["plugins"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for kind, name, distribution in (
        ("curriculum", "learning-progress", "kinetix-curriculum-learning-progress"),
        ("policy", "deep-sets", "kinetix-policy-equinox"),
    ):
        assert f"{kind} {name} {distribution} 0.1.0" in told
    installed = {plugin.distribution for plugin in registry().plugins}
    assert {folder.name for folder in PLUGINS} <= installed


def test_plugin_settings_are_flags_and_saved_in_the_run_configuration(tmp_path: Path) -> None:
    args = ("curriculum:learning-progress", "--curriculum.buffer", "9", "policy:deep-sets", "--policy.width", "7")
    config = config_of(parse(Train.flags(args), prog="kinetix train", args=args))
    assert config.curriculum == LearningProgress(buffer=9) and config.policy == DeepSets(width=7)
    write_config(tmp_path / "config.json", config)
    assert read_config(tmp_path / "config.json") == config


def test_the_policy_is_trained_by_its_name_kept_and_loaded(tmp_path: Path) -> None:
    """The curriculum is in test_train_combinations.py, by its name too; as a command it would compile for long."""
    out = tmp_path / "run"
    parts = ("curriculum:list", "--curriculum.levels", "suite:s", "policy:deep-sets", "--policy.width", "8")
    sinks = ("--sinks", "jsonl", "tensorboard", "--out", str(out))
    done = kinetix("train", *SMALL, *sinks, *parts, XLA_FLAGS=QUICKLY)
    assert done.returncode == 0, done.stderr
    assert len((out / "metrics.jsonl").read_text().splitlines()) == 2  # updates
    assert len(list((out / "tensorboard").glob("events.*"))) == 1
    agent = load_agent(out)
    assert agent.policy == DeepSets(width=8)
    start = agent.make_policy(agent.make_env()).init(jax.random.key(0))
    assert jax.tree.structure(agent.params) == jax.tree.structure(start)
    assert all(np.isfinite(leaf).all() and leaf.any() for leaf in jax.tree.leaves(agent.params))


def test_a_sink_without_its_extra_is_refused_before_training(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ConfigError, match="pip install"):
        train(RunConfig(sinks=("jsonl", "tensorboard")), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_copy_that_is_renamed_as_documented_is_a_plugin(tmp_path: Path) -> None:
    docs = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    copying = re.search(r"```bash\n(cp -r .*?)pip install -e \.\n", docs, re.DOTALL)
    assert copying
    (tmp_path / "plugins").symlink_to(ROOT / "plugins")
    subprocess.run(["bash", "-e", "-c", copying[1]], cwd=tmp_path, check=True)
    site = installed(tmp_path / "kinetix-curriculum-mine", tmp_path / "site")
    done = kinetix("plugins", PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    for name, distribution in (
        ("mine", "kinetix-curriculum-mine"),
        ("learning-progress", "kinetix-curriculum-learning-progress"),
    ):
        assert f"curriculum {name} {distribution} 0.1.0" in told


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an agent that outside/life_of_an_agent.py trained with the parts of a plugin."""
    folder = tmp_path_factory.mktemp("life")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "kinetix_outside.py"):
        (source / name).write_bytes((OUTSIDE / name).read_bytes())
    environment = {
        **os.environ,
        "PYTHONPATH": str(installed(source, folder / "site")),
        "XLA_FLAGS": QUICKLY,
        "JAX_NUM_CPU_DEVICES": "1",
        "JAX_COMPILATION_CACHE_DIR": str(folder / "cache"),  # programs that are the same are compiled once
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    script = [sys.executable, "-W", "error", str(OUTSIDE / "life_of_an_agent.py")]
    done = subprocess.run(script, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_policy_trains_on_a_compatible_plugin_observation(life: Path) -> None:
    told = json.loads((life / "told.json").read_text())
    assert told["inputs"] == told["flat"] + 1
    assert json.loads((life / "run" / "config.json").read_text())["observation"] == {"name": "flat-plus"}


def test_settings_of_a_plugin_environment_survive_training_resuming_and_loading(life: Path) -> None:
    """Resumed, evaluated, fine-tuned and reported on: in the wind it is trained in, which alone solves the level."""
    told = json.loads((life / "told.json").read_text())
    windy = told["agent"]
    assert re.fullmatch(r"Windy\(frame_skip=2, horizon=24, physics=PhysicsSettings\(.*\), wind=30\.0\)", windy)
    assert told["setup"] == [windy, 30.0] and told["tuned"] == windy
    assert len((life / "run" / "metrics.jsonl").read_text().splitlines()) == 3  # stopped before the last update
    assert solve_rates(life / "windy.csv") == [1.0]
    *_, before, after = solve_rates(life / "tuned" / "eval.csv")  # played for the report, after random play
    assert (before, after) == (1.0, 1.0)
    report = (life / "tuned" / "report.html").read_text()
    assert re.search(r"environment\.wind\D+30\.0", report)


def test_policies_size_their_outputs_by_the_heads_of_a_plugin_action_space(life: Path) -> None:
    told = json.loads((life / "told.json").read_text())
    assert told["outputs"] == 24
    assert told["logits"] == {"set-mlp": [3, 24], "transformer": [3, 24]}


def solve_rates(path: Path) -> list[float]:
    with path.open(encoding="utf-8", newline="") as file:
        return [float(row["solve_rate"]) for row in csv.DictReader(file)]
