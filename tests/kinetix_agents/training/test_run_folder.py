"""The folder of a run: locked by one process, complete with levels and starting agent, movable and extendable."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from kinetix_agents.agent import load_agent
from kinetix_agents.plots import read_metrics
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import RunConfig, train
from kinetix_agents.training.config import read_config, write_config
from kinetix_agents.training.errors import RunError
from kinetix_agents.training.facts import read_facts
from kinetix_agents.training.folder import levels_of_run, read_run, refuse_leftovers
from kinetix_agents.training.kept import agent_digest, keep_agent, start_params
from kinetix_agents.training.lock import LOCK, sole_writer
from kinetix_agents.training.resuming import check_length, devices_of_groups
from kinetix_env.cli.main import main
from kinetix_env.errors import ConfigError, LevelError
from kinetix_env.levels import dumps, load, loads
from kinetix_env.sources import ListCurriculum, find_levels

CONFIG = RunConfig(
    curriculum=ListCurriculum(levels=("levels", "one.json")),
    policy=SetMLP(width=8, trunk=8),
    ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2, anneal=False),
    steps=2 * 32,
)
ROOT = Path(__file__).parents[3]


def write_levels(folder: Path) -> None:
    """Level files under the names that `CONFIG` has for them."""
    (folder / "levels").mkdir(parents=True)
    for name, place in (("hover", "levels/a.json"), ("tray", "levels/B.JSON"), ("rocket-hop", "one.json")):
        (named,) = find_levels(f"suite:s/{name}")
        (folder / place).write_text(dumps(named))


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of two updates on level files, which are gone."""
    home = tmp_path_factory.mktemp("home")
    write_levels(home)
    before = Path.cwd()
    os.chdir(home)
    try:
        train(CONFIG, home / "run")
    finally:
        os.chdir(before)
    shutil.rmtree(home / "levels")
    (home / "one.json").unlink()
    return home / "run"


@pytest.mark.slow
@pytest.mark.versions
def test_a_moved_run_resumes_and_an_extended_run_equals_a_longer_one(
    run: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(run, moved)
    monkeypatch.chdir(tmp_path)
    longer = train(replace(read_config(moved / "config.json"), steps=4 * 32, sinks=("jsonl",)), moved, resume=True)
    assert [row["step"] for row in read_metrics(moved / "metrics.jsonl")] == [32, 64, 96, 128]
    config, facts = read_config(moved / "config.json"), read_facts(moved / "config.json")
    assert (config.steps, config.sinks) == (128, ("jsonl",)) and facts["id"] == read_facts(run / "config.json")["id"]
    (entry,) = facts["continued"]
    assert (entry["update"], entry["steps"]) == (2, 64)

    write_levels(tmp_path)
    whole = train(replace(CONFIG, steps=4 * 32), tmp_path / "whole")  # of that length from the beginning
    pair = (jax.tree.leaves((state.params, state.opt_state)) for state in (longer, whole))
    for one, other in zip(*pair, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_run_keeps_its_levels_and_notices_when_they_change(run: Path, tmp_path: Path, monkeypatch: Any) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    monkeypatch.chdir(tmp_path)
    write_levels(tmp_path)
    other = loads(dumps(find_levels("suite:s/hover")[0]))
    (tmp_path / "one.json").write_text(dumps(replace(other, name="another")))
    with levels_of_run(folder):
        assert [level.name for level in find_levels("one.json")] == ["rocket-hop"]
        assert [level.name for level in find_levels("levels")] == ["tray", "hover"]  # B.JSON is before a.json
    copy = folder / "inputs" / "levels" / "1" / "one.json"
    assert load(copy).name == "rocket-hop"
    copy.write_text(copy.read_text() + "\n")
    with levels_of_run(folder), pytest.raises(ConfigError, match=r"1/one\.json: the run's copy .* was changed, and /"):
        find_levels("one.json")
    with levels_of_run(folder, strict=False):
        assert [level.name for level in find_levels("one.json")] == ["another"]
    with pytest.raises(ConfigError, match=r"one\.json: the run's copy"):
        train(read_config(folder / "config.json"), folder, resume=True)


LEFT: list[Callable[[Path], None]] = [
    lambda folder: (folder / "checkpoints" / "40").mkdir(parents=True),
    lambda folder: (folder / "metrics.csv").write_text("step\n"),
    lambda folder: (folder / "metrics.jsonl").write_text(""),
    lambda folder: (folder / "eval.csv").write_text(""),
]


@pytest.mark.parametrize("leave", LEFT)
def test_a_folder_with_parts_of_a_run_is_left_unchanged(leave: Callable[[Path], None], tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    leave(folder)
    before = sorted(folder.rglob("*"))
    with pytest.raises(ConfigError, match=r"of an earlier run, whose config\.json is missing"):
        train(CONFIG, folder)
    assert main(["train", "--out", str(folder), "--steps", "32"]) == 2
    assert sorted(folder.rglob("*")) == before


def test_a_start_that_was_interrupted_does_not_block_the_same_command(tmp_path: Path) -> None:
    write_config(tmp_path / "config.json", replace(CONFIG, ppo=replace(CONFIG.ppo, groups=2)))
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "metrics.jsonl").touch()
    (tmp_path / "metrics.csv").write_text("step\n")
    refuse_leftovers(tmp_path, CONFIG)
    with pytest.raises(ConfigError, match="holds a run already"):
        refuse_leftovers(tmp_path, replace(CONFIG, seed=1))
    for left in ("metrics.jsonl", "checkpoints/1"):  # it made an update
        path = tmp_path / left
        path.write_text('{"step": 32}\n')
        with pytest.raises(ConfigError, match="holds a run already"):
            refuse_leftovers(tmp_path, CONFIG)
        path.write_text("") if path.suffix else path.unlink()
    refuse_leftovers(tmp_path, CONFIG)
    (tmp_path / "eval.csv").write_text("mine")
    with pytest.raises(ConfigError, match="holds a run already"):
        refuse_leftovers(tmp_path, CONFIG)


def test_checkpoints_of_another_run_are_refused(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    config, facts = read_config(folder / "config.json"), read_facts(folder / "config.json")
    write_config(folder / "config.json", config, facts | {"id": "another"})
    with pytest.raises(RunError, match="checkpoints/2: is a checkpoint of another run"):
        train(config, folder, resume=True)
    with pytest.raises(RunError, match=r"ends after update 1 \(32 steps\), and its latest checkpoint is of update 2"):
        check_length(replace(config, steps=32), 2, folder)


def test_resuming_with_other_settings_names_the_differences(run: Path) -> None:
    config = read_config(run / "config.json")
    other = replace(config, seed=3, ppo=replace(config.ppo, clip=0.5), checkpoint_minutes=9.0, sinks=())
    before = content(run)
    with pytest.raises(ConfigError, match=r"differs in ppo\.clip 0\.2 -> 0\.5, seed 0 -> 3\. Leave"):
        train(other, run, resume=True)
    assert content(run) == before


def test_a_run_of_one_group_uses_one_device() -> None:
    devices = jax.devices()
    assert devices_of_groups(devices, 2 * len(devices)) == devices
    with pytest.warns(UserWarning, match=r"The run has 1 group .* uses 1 of them"):
        assert devices_of_groups(devices, 1) == devices[:1]


def test_the_agent_that_a_run_started_from_is_kept(tmp_path: Path) -> None:
    params = {"layer": {"weight": np.arange(6, dtype=np.float32).reshape(2, 3)}}
    like = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype), params)
    facts = {"start_from": {"path": str(tmp_path / "gone"), "sha256": agent_digest(params)}}
    assert start_params(tmp_path, facts, "old", like, lambda folder: params) is params
    changed = {"layer": {"weight": params["layer"]["weight"] + 1}}
    with pytest.raises(ConfigError, match=r"is no longer the one that the run in .* started from"):
        start_params(tmp_path, facts, "old", like, lambda folder: changed)
    keep_agent(tmp_path, params)
    found = start_params(tmp_path, facts, "old", like, lambda folder: pytest.fail("is not needed"))
    np.testing.assert_array_equal(found["layer"]["weight"], params["layer"]["weight"])


def test_a_run_of_other_versions_is_loaded_with_a_warning(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    path = folder / "config.json"
    document = json.loads(path.read_text())
    document["versions"] |= {"jax2d": "1.9.0", "kinetix-env": "3.0.2"}
    path.write_text(json.dumps(document))
    said = r"was made with jax2d 1\.9\.0 \(now .*: the physics may differ\), kinetix-env 3\.0\.2 \(now .*: the task"
    with pytest.warns(UserWarning, match=said):
        read_run(folder)
    with pytest.warns(UserWarning, match=said):
        load_agent(folder)


HOLD = """
import sys, time
from pathlib import Path
from kinetix_agents.training.lock import sole_writer
with sole_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_run_folder_is_locked_by_one_live_process(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    before = content(folder)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        config = read_config(folder / "config.json")
        with pytest.raises(RunError, match="another process is writing there, so this one has changed nothing"):
            train(config, folder, resume=True)
        assert content(folder) == before
        holder.send_signal(signal.SIGKILL)
    with sole_writer(folder), sole_writer(folder):  # may be nested
        pass


def test_the_folder_of_a_run_that_never_started_is_removed(tmp_path: Path) -> None:
    with sole_writer(tmp_path / "a"):
        assert (tmp_path / "a" / LOCK).is_file()
    assert not (tmp_path / "a").exists()
    with sole_writer(tmp_path / "b"):
        (tmp_path / "b" / "file").touch()
    assert (tmp_path / "b" / "file").exists()
    with pytest.raises(LevelError, match="does not exist"):
        train(replace(CONFIG, curriculum=ListCurriculum(levels=("none/there.json",))), tmp_path / "c")
    assert not (tmp_path / "c").exists()
