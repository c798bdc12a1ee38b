"""What travels between the benchmark of the environment and the processes that it measures in, as JSON."""

from typing import TypedDict

__all__ = ["EpisodeTally", "GenerationJob", "GenerationResult", "PixelsJob", "PixelsResult", "PlayJob", "PlayResult"]


class GenerationJob(TypedDict):
    """Generate random levels, filter included."""

    size: str  # "s", "m" or "l"
    count: int  # levels per call
    repeats: int  # calls
    seconds: float  # stop repeating after that long
    devices: int  # host devices that a call is split over
    file: str  # .npz that the levels of the first call are written to


class GenerationResult(TypedDict):
    """What the stopwatch saw."""

    rate: float  # levels per second, best call
    compile_seconds: float
    devices: int
    count: int
    repeats: int


class PixelsJob(TypedDict):
    """Make pixel observations."""

    size: str
    count: int  # images per call
    repeats: int  # calls
    seconds: float  # stop repeating after that long
    devices: int  # that the states are split over


class PixelsResult(TypedDict):
    """What the stopwatch saw."""

    rate: float  # images per second, best call
    compile_seconds: float
    devices: int
    count: int
    repeats: int
    shape: list[int]  # of an image
    kind: str  # of its numbers


class PlayJob(TypedDict):
    """Step many environments."""

    size: str
    parts: list[str]  # what is stepped, in turns: "env", or parts of it, see ours.py; a result each
    reset: str  # where the next level comes from: "pool" or "own", see rollout.py
    lanes: int  # environments
    steps: int  # of a timed run
    warm_up: int  # steps of the warm-up run, a multiple of `steps`
    repeats: int
    seconds: float  # stop repeating after that long (but run at least twice)
    devices: int
    file: str  # .npz with levels
    pool: int  # how many of them are used


class EpisodeTally(TypedDict):
    """What happened in the warm-up run, to see whether two environments play alike."""

    episodes: float  # finished, per 1000 steps
    solved: float  # fraction of the finished episodes
    reward: float  # mean of a step
    finite: bool


class PlayResult(TypedDict):
    """What a process measured."""

    rate: float  # environment steps per second, best run
    compile_seconds: float
    devices: int
    steps: int
    repeats: int
    tally: EpisodeTally
