"""Interrupt commands at random moments, as Ctrl-C does, and see that each ends at once, quietly and for good.

    python scripts/interrupt_commands.py --tries 50

Every command runs once undisturbed, which says how long it takes. Then, at moments drawn anew each time, it gets
SIGINT, and must end within a few seconds with exit code 130 or by that signal, without a traceback or a crash; unless
it had just finished. Training that has begun says how to continue, and does so. At the end every command runs again in
the folder of the interrupted ones. Exit code 1 if anything is not so."""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

INTERRUPTED = (130, -signal.SIGINT)  # Python has given up its handlers while it exits; a shell reports 130 for both
PATIENCE = 20.0  # s, within which an interrupted command must end
EARLIEST = 0.4  # s, before that Python itself starts
BAD = ("Traceback", "Segmentation fault", "Fatal Python error", "terminate called")
SMALL = (
    *("--ppo.envs", "8", "--ppo.steps", "16", "--ppo.epochs", "1", "--ppo.minibatches", "2", "--device-count", "2"),
    *("policy:set-mlp", "--policy.width", "8", "--policy.trunk", "16"),
)
COMMANDS = {
    "train": ("train", "--out", "run", "--steps", "20000", *SMALL),
    "quickstart": ("quickstart", "--minutes", "0.05", "--levels", "suite:s", "--device-count", "1"),
    "eval": ("eval", "policy:uniform", "suite:s", "--attempts", "4", "--out", "eval.csv"),
    "random levels": ("levels", "random", "--size", "s", "--count", "8", "--sheet", "sheet.png"),
    "render": ("render", "suite:s/hover", "--out", "hover.gif"),
    "solve": ("levels", "solve", "suite:s/hover", "--budget", "20"),
    "bench": ("bench", "env", "--envs", "64", "--steps", "16", "--runs", "1"),
    "list": ("levels", "list", "suite:s"),
}


@dataclass(frozen=True, kw_only=True)
class End:
    """How a command ended."""

    code: int
    seconds: float  # after the signal, or in all
    output: str  # of both streams


def main() -> None:
    """Run, interrupt, run again."""
    parser = argparse.ArgumentParser(description="Interrupt commands at random moments.")
    parser.add_argument("--tries", type=int, default=50, help="number of interrupted commands")
    parser.add_argument("--seed", type=int, default=None, help="of the moments; drawn and printed if left out")
    parser.add_argument("--only", nargs="*", choices=COMMANDS, default=list(COMMANDS), help="these commands")
    args = parser.parse_args()
    seed = random.randrange(2**32) if args.seed is None else args.seed
    print(f"Seed {seed}, {args.tries} tries of {', '.join(args.only)}.", flush=True)
    with tempfile.TemporaryDirectory(prefix="kinetix-interrupt-") as made:
        wrong = check(Path(made), args.only, args.tries, random.Random(seed))
    print("\n".join(wrong) or f"All as it must be after {args.tries} interruptions.")
    sys.exit(1 if wrong else 0)


def check(folder: Path, names: list[str], tries: int, draw: random.Random) -> list[str]:
    """What is wrong, one line per finding."""
    wrong, lasts = [], {}
    for name in names:
        place = folder / "whole" / name.replace(" ", "-")
        place.mkdir(parents=True)
        whole = run(place, COMMANDS[name])
        lasts[name] = whole.seconds
        if whole.code:
            wrong.append(f"{name}: exit code {whole.code} undisturbed: {whole.output[-500:]}")
    print(", ".join(f"{name} {seconds:.1f} s" for name, seconds in lasts.items()), flush=True)
    for number in range(tries):
        name = names[number % len(names)]
        place = folder / name.replace(" ", "-")
        place.mkdir(exist_ok=True)
        after = EARLIEST + draw.random() * max(lasts[name] - EARLIEST, 0.1)
        end = run(place, again(name, place), after=after)
        fault = fault_of(name, end, place)
        print(f"{number + 1}: {name} after {after:.2f} s: {fault or f'ended in {end.seconds:.2f} s'}", flush=True)
        wrong += [f"{name} after {after:.2f} s: {fault}"] * bool(fault)
    for name in names:
        place = folder / name.replace(" ", "-")
        if place.is_dir():
            last = run(place, again(name, place))
            wrong += [f"{name}: exit code {last.code} when run again: {last.output[-500:]}"] * bool(last.code)
    return wrong


def again(name: str, place: Path) -> tuple[str, ...]:
    """The command, or for a run that has a checkpoint the one that continues it."""
    if name == "train" and any((place / "run" / "checkpoints").glob("[0-9]*")):
        return ("train", "--out", "run", "--resume", "--device-count", "2")
    return COMMANDS[name]


def fault_of(name: str, end: End, place: Path) -> str:
    """What is wrong with an end; empty if nothing is."""
    if any(bad in end.output for bad in BAD):
        return f"exit code {end.code}: {end.output[-500:]}"
    if end.code == 0:  # it was finished before the signal came
        return ""
    if end.code not in INTERRUPTED:
        return f"exit code {end.code}, neither 0 nor {INTERRUPTED[0]}: {end.output[-500:]}"
    if end.seconds > PATIENCE:
        return f"it went on for {end.seconds:.1f} s"
    if name == "train" and "To continue" in end.output and not any((place / "run" / "checkpoints").glob("[0-9]*")):
        return "it says how to continue, but there is no checkpoint"
    return ""


def run(place: Path, command: tuple[str, ...], after: float | None = None) -> End:
    """Run a command of `kinetix` in a folder, and interrupt it after some seconds."""
    program = [sys.executable, "-c", "import sys; from kinetix_env.cli.main import main; sys.exit(main())", *command]
    environment = {"JAX_DISABLE_MOST_OPTIMIZATIONS": "1", **os.environ}  # compiling is quicker, and as interruptible
    environment["XDG_CACHE_HOME"] = str(place / "cache")  # so that it is compiled each time
    start = time.monotonic()
    with subprocess.Popen(
        program, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        if after is not None:
            try:
                output = process.communicate(timeout=after)[0]
                return End(code=process.returncode, seconds=0.0, output=output)
            except subprocess.TimeoutExpired:
                start = time.monotonic()
                process.send_signal(signal.SIGINT)
        try:
            output = process.communicate(timeout=600 if after is None else 3 * PATIENCE)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            output = f"{process.communicate()[0]}\nIt had to be killed."
    return End(code=process.returncode, seconds=time.monotonic() - start, output=output)


if __name__ == "__main__":
    main()
