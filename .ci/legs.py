"""The legs of CI. `.ci/run` runs them all, `.ci/run LEG...` some of them, and `.ci/run --list` names them.

A leg is a few commands that README and CONTRIBUTING name. Most of its time goes into compiling, on one core, so two
legs run side by side, and the output of each is printed when it ends; `tests` uses both cores itself and runs alone.
The first failure ends everything."""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
AT_ONCE = 2
HATCH = shlex.split(os.environ.get("HATCH", "hatch"))
FAILED = threading.Event()


class LegError(Exception):
    """A command of a leg failed, or did not make what it should."""


class StoppedError(LegError):
    """A leg was not run to its end, since another one failed."""


@dataclass(kw_only=True)
class Leg:
    """A named part of CI that can run alone, on a machine of its own."""

    name: str
    work: Callable[["Leg"], None]
    alone: bool = False  # uses every core itself
    output: list[str] = field(default_factory=list)

    def hatch(self, *command: object) -> None:
        """Run a command of hatch; its output is kept, and how long it took."""
        words = [str(word) for word in command]
        if FAILED.is_set():
            raise StoppedError(self.name)
        start = time.monotonic()
        self.say(f"\n==> hatch {shlex.join(words)}")
        pipe = None if self.alone else subprocess.PIPE
        done = subprocess.run(
            [*HATCH, *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.stdout:
            self.say(done.stdout.rstrip())
        self.say(f"==> {time.monotonic() - start:.0f} s: hatch {shlex.join(words)}")
        if done.returncode:
            raise LegError(f"{self.name}: exit code {done.returncode} of hatch {shlex.join(words)}")

    def say(self, text: str) -> None:
        """Print at once what runs alone; keep the rest until the leg has ended."""
        if self.alone:
            print(text, flush=True)
        else:
            self.output.append(text)

    def run(self) -> float:
        """Run the leg; seconds that it took."""
        start = time.monotonic()
        try:
            self.work(self)
        except LegError:
            FAILED.set()
            raise
        finally:
            if self.output:
                print("\n".join(self.output), flush=True)
        return time.monotonic() - start


def types(leg: Leg) -> None:
    """mypy."""
    leg.hatch("run", "types")


def docs(leg: Leg) -> None:
    """Style, and the documentation."""
    leg.hatch("run", "lint")
    leg.hatch("run", "docs")


def tests(leg: Leg) -> None:
    """Every test but the soak tests."""
    leg.hatch("run", "tests")


def quickstart(leg: Leg) -> None:
    """The quickstart in small, and an evaluation of its agent."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "quickstart"
        leg.hatch("run", "quickstart", "--minutes", 0.2, "--out", out)
        wanted(out / name for name in ("report.html", "report.md", "eval.csv", "clip.gif", "curves.png"))
        leg.hatch("run", "kinetix", "eval", out, "suite:s", "--attempts", 4)


def commands(leg: Leg) -> None:
    """The demo, the plugins, and what is done with levels."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        leg.hatch("run", "demo", "--out", made / "demo.gif")
        plugins = (
            "generator:locomotion",
            "curriculum:learning-progress",
            "--curriculum.buffer",
            16,
            "policy:deep-sets",
        )
        sizes = ("--steps", 4096, "--ppo.envs", 32, "--ppo.steps", 16)
        leg.hatch("run", "kinetix", "train", *sizes, "--out", made / "plugins", *plugins)
        leg.hatch("run", "kinetix", "levels", "check", "suite:all")
        leg.hatch("run", "kinetix", "levels", "gallery", "suite:smoke", "--out", made / "gallery.html")
        leg.hatch("run", "kinetix", "render", "suite:s/rocket-hop", "--out", made / "film.gif")
        wanted(made / name for name in ("demo.gif", "gallery.html", "film.gif"))


def kills(leg: Leg) -> None:
    """A training run that is killed and resumed ends as one that was not; Ctrl-C ends every command at once."""
    leg.hatch("run", "python", "scripts/kill_training.py", "--kills", 3)
    leg.hatch("run", "python", "scripts/interrupt_commands.py", "--tries", 6, "--only", "train", "eval", "list")


def wheels(leg: Leg) -> None:
    """Each wheel, alone in an empty environment; and the lines of the pages that install packages."""
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    leg.hatch("build", "--all")
    leg.hatch("run", "wheels", "dist")
    leg.hatch("run", "installation")


def wanted(files: Iterable[Path]) -> None:
    """Fail unless every file is there and holds something."""
    for file in files:
        if not file.is_file() or not file.stat().st_size:
            raise LegError(f"{file.name} was not written.")


def matrix() -> list[Leg]:
    """A leg for each environment of the matrix.

    By name: for a whole matrix hatch only warns about an environment whose Python it cannot find.
    """
    shown = subprocess.run([*HATCH, "env", "show", "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = [name for name in json.loads(shown.stdout) if name.startswith("matrix.")]
    if not names:
        raise LegError("The matrix has no environments.")
    return [Leg(name=name, work=lambda leg: leg.hatch("run", f"{leg.name}:tests")) for name in names]


def legs() -> list[Leg]:
    """All legs, in the order in which they start: long ones first, so that none is left running alone at the end."""
    side_by_side = [quickstart, commands, kills, types]
    return [
        Leg(name="tests", work=tests, alone=True),
        *(Leg(name=work.__name__, work=work) for work in side_by_side),
        *matrix(),
        Leg(name="wheels", work=wheels),
        Leg(name="docs", work=docs),
    ]


def run(chosen: list[Leg]) -> None:
    """Run legs, and print how long each took."""
    seconds: dict[str, float] = {}
    for leg in (leg for leg in chosen if leg.alone):
        seconds[leg.name] = leg.run()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running: dict[Future[float], Leg] = {pool.submit(leg.run): leg for leg in chosen if not leg.alone}
        _, waiting = wait(running, return_when=FIRST_EXCEPTION)
        for future in waiting:
            future.cancel()
    finished = {leg.name: future for future, leg in running.items() if not future.cancelled()}
    errors = [error for future in finished.values() if (error := future.exception()) is not None]
    for error in sorted(errors, key=lambda error: isinstance(error, StoppedError)):
        raise error  # the failure itself, rather than a leg that it stopped
    seconds |= {name: future.result() for name, future in finished.items()}
    print("\nSeconds per leg: " + ", ".join(f"{name} {seconds[name]:.0f}" for name in (leg.name for leg in chosen)))


def main() -> None:
    """Run the legs that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("legs", nargs="*", metavar="LEG", help="run only these")
    parser.add_argument("--list", action="store_true", help="print the names of all legs")
    args = parser.parse_args()
    known = {leg.name: leg for leg in legs()}
    if args.list:
        print(*known, sep="\n")
        return
    if unknown := [name for name in args.legs if name not in known]:
        sys.exit(f"No leg called {', '.join(unknown)}. Known: {', '.join(known)}.")
    start = time.monotonic()
    try:
        run([known[name] for name in args.legs or known])
    except LegError as error:
        sys.exit(f"\nFailed: {error}")
    print(f"All passed in {time.monotonic() - start:.0f} s.")


if __name__ == "__main__":
    main()
