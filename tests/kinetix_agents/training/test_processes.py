"""Two processes train the same agent as one process; if one of them ends, the other stops with an error."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from kinetix_agents.agent import load_agent
from kinetix_agents.training import Checkpoints, train
from kinetix_agents.training.build import build_ppo
from kinetix_agents.training.config import read_config
from kinetix_agents.training.processes import join_processes
from kinetix_env.cli.main import main
from kinetix_env.errors import ConfigError
from tests.kinetix_agents.training.one_of_two import CONFIG

TRAIN = (
    *("--steps", "1000000", "--checkpoint-minutes", "1e-9", "--ppo.envs", "8", "--ppo.steps", "4", "--ppo.epochs", "1"),
    *("--ppo.minibatches", "2", "curriculum:list", "--curriculum.levels", "suite:s"),
    *("policy:set-mlp", "--policy.width", "8", "--policy.trunk", "8"),
)
QUICKLY = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"  # to compile


def free_port() -> str:
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return str(found.getsockname()[1])


def start(*args: str) -> Any:
    return subprocess.Popen(
        [sys.executable, *args],
        env={**os.environ, "JAX_NUM_CPU_DEVICES": "1", "XLA_FLAGS": QUICKLY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_two_processes_train_the_same_parameters_as_one(tmp_path: Path) -> None:
    port, script = free_port(), str(Path(__file__).with_name("one_of_two.py"))
    processes = [start(script, port, str(number), str(tmp_path / "two")) for number in range(2)]
    told = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    first, second = (json.loads(out.splitlines()[-1]) for out, _ in told)
    assert first["digest"] == second["digest"] and first["devices"] == second["devices"] == 2
    assert first["first"] and not second["first"]
    rows = [json.loads(line) for line in (tmp_path / "two" / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [32, 64, 96, 128]  # process 0 alone wrote them

    state = train(CONFIG, tmp_path / "one")
    alone = [json.loads(line) for line in (tmp_path / "one" / "metrics.jsonl").read_text().splitlines()]
    for one, two in zip(alone, rows, strict=True):
        for name in ("policy_loss", "value_loss", "entropy", "episodes", "grad_norm"):
            assert one[name] == pytest.approx(two[name], rel=1e-3, abs=1e-5), name
    for one, two in zip(
        *(jax.tree.leaves(tree) for tree in (state.params, load_agent(tmp_path / "two").params)), strict=True
    ):
        np.testing.assert_allclose(one, two, rtol=1e-3, atol=1e-5)


@pytest.mark.slow
def test_when_one_process_ends_the_other_saves_a_checkpoint_and_prints_the_remedy(tmp_path: Path) -> None:
    command = "import sys; from kinetix_env.cli.main import main; sys.exit(main())"
    where = ["--coordinator", f"localhost:{free_port()}", "--processes", "2", "--process-id"]
    folder = tmp_path / "run"
    first, second = (
        start("-c", command, "train", "--out", str(folder), *where, str(number), *TRAIN) for number in range(2)
    )
    while len(list(folder.glob("checkpoints/*/checksums.json"))) < 2 and first.poll() is None:
        time.sleep(0.1)
    second.send_signal(signal.SIGKILL)
    err = first.communicate(timeout=120)[1]
    second.communicate()
    assert first.returncode == 2, err
    assert "kinetix: error: Process 0 of 2 can no longer reach the others: one of them has ended." in err
    assert "Start all of them again with --resume; the run continues from the checkpoint of update" in err
    config = read_config(folder / "config.json")
    checkpoints = Checkpoints(folder / "checkpoints")
    update, state, _ = checkpoints.restore_state(build_ppo(config).state_like())  # one process with both devices can
    assert int(state.updates) == update >= 1


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--processes", "2"], "--processes and --process-id need --coordinator HOST:PORT or --distributed."),
        (["--coordinator", "here"], "--coordinator must be HOST:PORT of process 0, got 'here'."),
        (["--coordinator", "here:1", "--processes", "0"], "--processes must be an integer of at least 1, got 0."),
        (["--coordinator", "here:1", "--processes", "2", "--process-id", "2"], "from 0 to --processes - 1, got 2."),
    ],
)
def test_invalid_process_arguments_are_refused(args: list[str], told: str, capsys: Any) -> None:
    assert main(["train", *args]) == 2
    assert told in capsys.readouterr().err


def test_joining_processes_without_a_coordinator_is_refused() -> None:
    jax.devices()
    with pytest.raises(
        ConfigError, match=r"cannot find each other .* or give --coordinator HOST:PORT --processes COUNT"
    ):
        join_processes(None, None, None)
