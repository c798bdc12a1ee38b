"""Episodes of levels into files of films."""

from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigError
from ..levels import NamedLevel
from ..picture import gif, mp4
from ..picture.clips import MAX_GIF_FPS, MAX_MP4_FPS, check_video
from ..picture.film import check_settings
from ..play.episodes import Acts, acts_of, play
from ..play.recording import Recording
from .output import amount
from .progress import progress

__all__ = ["FILMS", "check_film", "save_film"]

FILMS = (".gif", ".mp4")  # endings of the names of films
MOST_LEVELS = 64  # of one film, all of whose frames are in memory
PLAYED = {"solution": "its solution", "random": "random actions", "none": "no actions"}


def check_film(path: Path, *, size: int | None, columns: int | None, fps: int | None) -> None:
    """Refuse what cannot be written before time goes into the episodes."""
    video = path.suffix.lower() == ".mp4"
    if video:
        check_video()
    check_settings(max_fps=MAX_MP4_FPS if video else MAX_GIF_FPS, fps=fps, size=size, columns=columns)


def save_film(
    levels: Sequence[NamedLevel],
    path: Path,
    *,
    acts: Acts | None,
    steps: int | None,
    seed: int,
    size: int | None,
    columns: int | None,
    fps: int | None,
) -> None:
    """Play the levels, write a film of all of them side by side, and say what it shows. None is what is usual."""
    if len(levels) > MOST_LEVELS:
        raise ConfigError(f"A film shows at most {MOST_LEVELS} levels, got {len(levels)}: name some of them.")
    with progress("Playing"):
        recordings = play(levels, acts, steps=steps, seed=seed)
    for named, recording in zip(levels, recordings, strict=True):
        print(f"{named.name}, {PLAYED[acts_of(named, acts)]}: {_outcome(recording)}.")
    settings = {
        name: value for name, value in (("size", size), ("columns", columns), ("fps", fps)) if value is not None
    }
    make = mp4 if path.suffix.lower() == ".mp4" else gif
    with progress("Drawing") as drawn:
        content = make(recordings, path, progress=drawn, **settings)
    print(f"Wrote {path} ({len(content) / 1000:,.0f} kB).")


def _outcome(recording: Recording) -> str:
    """How an episode went."""
    return f"{recording.ending} after {amount(recording.steps, 'step')} ({recording.seconds:.1f} s)"
