"""The folders of levels and recorded episodes of Kinetix 3.0.2, which are no part of this project.

Without them the tests that compare with them are skipped, with one reason that says what is missing. Where either of
the two folders exists, or where the environment variable is set, every file must be there: nothing is skipped."""

import os
from pathlib import Path

import pytest

__all__ = ["EPISODES", "LEVELS", "MISSING", "VARIABLE", "episode_path", "level_path"]

VARIABLE = "KINETIX_REFERENCE"
FOLDER = Path(os.environ.get(VARIABLE) or Path(__file__).resolve().parents[3] / "shared")
LEVELS = FOLDER / "levels" / "kinetix"
EPISODES = FOLDER / "parity" / "env"
MISSING = (  # why tests are skipped; empty where they are not
    ""
    if os.environ.get(VARIABLE) or LEVELS.is_dir() or EPISODES.is_dir()
    else f"{VARIABLE} does not name a folder with the published levels (levels/kinetix) and recorded episodes "
    f"(parity/env), and there are none in {FOLDER}"
)


def level_path(name: str) -> Path:
    """The file of a published level such as "s/h4_thrust_aim"; skips the test where there are none."""
    return _existing(LEVELS / f"{name}.json")


def episode_path(name: str) -> Path:
    """The recorded episode of a published level such as "s/h4_thrust_aim"; skips the test where there are none."""
    return _existing(EPISODES / f"{name.replace('/', '_', 1)}.npz")


def _existing(path: Path) -> Path:
    if MISSING:
        pytest.skip(MISSING)
    if not path.is_file():
        pytest.fail(f"{path} is missing, though other files of the reference are there or {VARIABLE} is set.")
    return path
