"""Kill a training run at random moments, resume it each time, and see that it ends as if nothing had happened.

    python scripts/kill_training.py --kills 10

A small run of `kinetix train` is done twice: once in peace, and once by processes that get SIGKILL at a moment drawn
anew each time: every third one from its first millisecond on, the others once they train and write checkpoints, one
after each update. Then both must agree bit for bit in parameters, Adam's memory, environments, the curriculum's level
buffer and the number of updates (from which, with the seed, all random keys follow), and in every line of metrics but
for the time it took. Exit code 1 if they do not. The seed that is printed repeats the moments, as far as the machine is
as quick."""

import argparse
import contextlib
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NoReturn

UPDATES = 24
COMMAND = (
    *("--steps", str(UPDATES * 8 * 16), "--ppo.envs", "8", "--ppo.steps", "16", "--ppo.epochs", "1"),
    *("--ppo.minibatches", "2", "--ppo.probe-steps", "8", "--checkpoint-minutes", "1e-9", "--device-count", "2"),
    *("curriculum:sfl", "--curriculum.buffer", "8", "--curriculum.candidates", "8", "--curriculum.refresh-every", "2"),
    *("policy:set-mlp", "--policy.width", "8", "--policy.trunk", "16"),
)
LAST_WORDS = 20  # lines
CLOCK = ("seconds", "steps_per_second")  # the numbers that may differ
QUICKLY = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"  # to compile


def main() -> None:
    """Train once undisturbed and once with kills, and compare the two runs."""
    parser = argparse.ArgumentParser(description="Kill a training run at random moments and compare what comes of it.")
    parser.add_argument("--kills", type=int, default=10, help="how many processes are killed")
    parser.add_argument("--seed", type=int, default=None, help="of the moments; drawn and printed if left out")
    parser.add_argument("--out", type=Path, default=None, help="a new folder for the runs; a temporary one if left out")
    args = parser.parse_args()
    seed = random.randrange(2**32) if args.seed is None else args.seed
    print(f"Seed {seed}, {args.kills} kills, runs of {UPDATES} updates.", flush=True)
    with tempfile.TemporaryDirectory(prefix="kinetix-kill-") as made:
        folder = Path(made) if args.out is None else args.out
        wrong = check(folder, args.kills, random.Random(seed))
    print(f"Different: {', '.join(wrong)}." if wrong else f"All the same after {args.kills} kills.")
    sys.exit(1 if wrong else 0)


def check(folder: Path, kills: int, draw: random.Random) -> list[str]:
    """The differences, by name, between an undisturbed run and one that was killed repeatedly."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = Run(folder / "whole")
    awake = whole.wait_for_update()
    working = whole.finish()
    print(f"In peace it takes {awake:.1f} s until the first update and {working:.1f} s from there.", flush=True)
    killed, runs = 0, [Run(folder / "killed-1")]
    while killed < kills:
        run = runs[-1]
        if killed % 3 == 2:
            run.live(draw.uniform(0, awake))
        else:
            awake = run.wait_for_update()  # sooner than the first time, when all was to be compiled
            run.live(draw.uniform(0, 2 * working / kills))  # on average so late that the run does not end before
        if run.kill():
            killed += 1
            print(f"kill {killed:2d} of {kills}: {run.found()}", flush=True)
            run.start()
        else:
            print("The run was complete before it was killed; another one begins.", flush=True)
            runs.append(Run(folder / f"killed-{len(runs) + 1}"))
    runs[-1].finish()
    return sorted({name for run in runs for name in differences(whole.folder, run.folder)})


class Run:
    """A training run and its current process."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder.with_suffix(".log")
        self.start()

    def start(self) -> None:
        """Begin, or go on with what there is."""
        self.begun, self.before = time.monotonic(), self.lines()
        program = "import sys; from kinetix_env.cli.main import main; sys.exit(main())"
        resume = ["--resume"] if (self.folder / "config.json").exists() else []
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program, "train", "--out", str(self.folder), *resume, *COMMAND],
                env={"JAX_PLATFORMS": "cpu", "XLA_FLAGS": QUICKLY, **os.environ},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def wait_for_update(self) -> float:
        """Until an update is done that was not done before. How long that took since the start, in seconds."""
        while self.lines() <= self.before and self.process.poll() is None:
            time.sleep(0.01)
        return time.monotonic() - self.begun

    def live(self, seconds: float) -> None:
        """Let the process run for some seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)

    def kill(self) -> bool:
        """Kill the process; False if it had ended before."""
        self.process.send_signal(signal.SIGKILL)
        code = self.process.wait()
        if code not in (0, -signal.SIGKILL):
            self.give_up(code)
        return code != 0

    def finish(self) -> float:
        """Let it come to its end. How long that took, in seconds."""
        start = time.monotonic()
        if code := self.process.wait():
            self.give_up(code)
        return time.monotonic() - start

    def give_up(self, code: int) -> NoReturn:
        """End, with the last words of the run, whose log may be gone afterwards."""
        words = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]
        sys.exit("\n".join([f"kinetix train ended with exit code {code}; it said:", *words]))

    def lines(self) -> int:
        """How many updates' metrics are written down."""
        path = self.folder / "metrics.jsonl"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def found(self) -> str:
        """Where it was."""
        names = [path.name for path in (self.folder / "checkpoints").glob("*")]
        whole = max((int(name) for name in names if name.isdigit()), default=0)
        half = ", another half written" if any("tmp" in name for name in names) else ""
        after = f"after {time.monotonic() - self.begun:.1f} s"
        return f"{after}, {self.lines()} of {UPDATES} updates written down, checkpoint of update {whole}{half}"


def differences(whole: Path, run: Path) -> list[str]:
    """The differences between two runs, one line each."""
    import jax

    first, second = final_state(whole), final_state(run)
    wrong = []
    for part in ("params", "opt_state", "updates", "rows", "curriculum"):
        pairs = zip(jax.tree.leaves(first[part]), jax.tree.leaves(second[part]), strict=True)
        if not all(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in pairs):
            wrong.append(part)
    return wrong + [name for name in ("metrics.jsonl", "metrics.csv") if metrics(whole / name) != metrics(run / name)]


def final_state(run: Path) -> dict[str, Any]:
    """The newest checkpoint, which must be that of the last update."""
    import jax
    import numpy as np

    from kinetix_agents.training import Checkpoints
    from kinetix_agents.training.build import build_ppo
    from kinetix_agents.training.config import read_config
    from kinetix_env.devices import start_devices

    devices = start_devices(2)
    checkpoints = Checkpoints(run / "checkpoints", read_only=True)
    update, state, _ = checkpoints.restore_state(build_ppo(read_config(run / "config.json"), devices).state_like())
    if update != UPDATES:
        sys.exit(f"{run}: the newest checkpoint is that of update {update}, not {UPDATES}.")
    return {name: jax.tree.map(np.asarray, getattr(state, name)) for name in state.__dataclass_fields__}


def metrics(path: Path) -> list[dict[str, Any]]:
    """All lines of a file of metrics, without what the clock says."""
    text = path.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in text] if path.suffix == ".jsonl" else list(csv.DictReader(text))
    return [{name: value for name, value in row.items() if name not in CLOCK} for row in rows]


if __name__ == "__main__":
    main()
