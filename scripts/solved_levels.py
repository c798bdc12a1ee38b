"""The film on the first page: hand-made levels, solved by the actions in their files.

hatch run python scripts/solved_levels.py [LEVELS ...] [--out docs/solved-levels.gif]. Fails if a level is not solved,
or if the film is larger than `--bytes`, since it is loaded with the page."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kinetix_env.errors import KinetixError
from kinetix_env.picture import gif
from kinetix_env.play import play
from kinetix_env.sources import find_levels

__all__ = ["film", "main"]

# Of similar length, so that none stands still for long: a car, a claw, legs, a throw, flight, legs again.
LEVELS = (
    "suite:l/stunt-car",
    "suite:m/crane",
    "suite:l/beetle",
    "suite:l/siege-engine",
    "suite:l/slalom",
    "suite:m/lander",
    "suite:l/half-cheetah",
    "suite:l/rocket-load",
)


def film(references: Sequence[str], out: Path, *, columns: int, size: int, fps: int, most_bytes: int) -> int:
    """Write the film of the levels' solutions; its size in bytes. `size` is in pixels per level."""
    recordings = play([level for reference in references for level in find_levels(reference)])
    unsolved = [recording.name for recording in recordings if recording.ending != "solved"]
    if unsolved:
        raise KinetixError(f"The film shows solved levels, but these are not: {', '.join(unsolved)}.")
    content = gif(recordings, size=size, fps=fps, columns=columns, hold=1.5)
    if len(content) > most_bytes:
        raise KinetixError(f"The film has {len(content)} bytes, more than {most_bytes}: lower --size or --fps.")
    out.write_bytes(content)
    return len(content)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("levels", nargs="*", default=LEVELS, help="references of levels with solutions")
    parser.add_argument("--out", type=Path, default=Path("docs/solved-levels.gif"))
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--size", type=int, default=220, help="pixels per level, along one side")
    parser.add_argument("--fps", type=int, default=20)
    parser.add_argument("--bytes", type=int, default=1_000_000, help="the most that the file may have")
    given = parser.parse_args(arguments)
    try:
        size = film(
            given.levels,
            given.out,
            columns=given.columns,
            size=given.size,
            fps=given.fps,
            most_bytes=given.bytes,
        )
    except KinetixError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{given.out}: {len(given.levels)} levels, {size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
