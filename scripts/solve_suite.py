"""Give hand-made levels their solutions: hatch run python scripts/solve_suite.py FILES|FOLDERS ... [--anew].

A solution that still solves its level is kept, unless all are to be searched anew. What is found is written into the
level's own file, whose other fields stay as people wrote them. A search that finds nothing, or only what a slightly
different start would spoil, is repeated with other seeds; the most robust solution counts."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from kinetix_env import make
from kinetix_env.devices import start_devices
from kinetix_env.errors import KinetixError, LevelError
from kinetix_env.levels import NamedLevel, dumps, load, loads
from kinetix_env.levels.text import render, write_text
from kinetix_env.search import SearchResult, replay, solve
from kinetix_env.sources import LevelReference

FIELD = ',\n  "solution":'
ENOUGH = 0.75  # fraction of slightly different starts from which a solution should solve the level too


def main() -> int:
    """Search where needed and print a row for each level; 1 if one has no solution."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("levels", nargs="+", help="level files of our format, folders of them, or suite:SPLIT[/NAME]")
    parser.add_argument("--anew", action="store_true", help="search also where there is a solution that works")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of a search")
    parser.add_argument("--seeds", type=int, default=3, help="searches of a level, at most")
    options = parser.parse_args()
    start_devices()
    missing = 0
    for file in (file for reference in options.levels for file in LevelReference.parse(reference).files()):
        named = load(file)
        if not options.anew and _holds(named):
            print(f"{named.name:24}kept", flush=True)
            continue
        best = _search(named, options.budget, options.seeds)
        if best.solved:
            _write(file, replace(named, solution=best.actions))
            outcome = f"{best.steps} steps, robustness {best.robustness:.2f}"
        else:
            missing += 1
            outcome = f"no solution, closest {best.closest:.2f} m"
        print(f"{named.name:24}{outcome}", flush=True)
    return int(missing > 0)


def _holds(named: NamedLevel) -> bool:
    return named.solution is not None and replay(make(named.capacity), named.level, named.solution).solved


def _search(named: NamedLevel, budget: float, seeds: int) -> SearchResult:
    """The best of some searches."""
    found = []
    for seed in range(seeds):
        found.append(solve(make(named.capacity), named.level, budget=budget, seed=seed))
        if found[-1].robustness >= ENOUGH:
            break
    return max(found, key=lambda result: (result.solved, result.robustness))


def _write(file: Path, named: NamedLevel) -> None:
    """Put the solution at the end of the file, instead of one that is there."""
    text = file.read_text(encoding="utf-8")
    head = text.partition(FIELD)[0] if FIELD in text else text.rstrip().removesuffix("}").rstrip()
    text = f"{head}{FIELD} {render(json.loads(dumps(named))['solution'], 1, len(FIELD))}\n}}\n"
    if loads(text).solution != named.solution:
        raise LevelError(f'{file}: "solution" must be the last field.')
    write_text(file, text)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KinetixError as error:
        sys.exit(f"solve_suite: {error}")
