"""What travels between the benchmark and the process of an engine, as JSON."""

from typing import Any, TypedDict

from benchmarks.engine.description import Counts, Description

__all__ = ["Job", "Outcome", "Result", "Timing"]


class Job(TypedDict):
    """What to measure."""

    counts: Counts
    scenes: list[Description]
    lanes: int  # scenes simulated at once; the descriptions are repeated
    speed: float  # m/s, initial velocities are drawn up to it
    steps: int  # of a timed run
    warm_up: int  # steps of the warm-up run, a multiple of `steps`
    full_action: bool  # the warm-up uses action 1 instead of random ones
    repeats: int
    seconds: float  # stop repeating after that long (but run at least twice)
    devices: int  # host devices, threads or processes


class Timing(TypedDict):
    """What the stopwatch saw."""

    rate: float  # scene steps per second, best run
    compile_seconds: float  # 0 for an engine that is not compiled for the scene
    bytes_per_scene: float  # arrays of scene and state, 0 where an engine does not report it
    devices: int
    steps: int  # of a run
    repeats: int  # runs


class Outcome(TypedDict):
    """Where the scenes are after the warm-up, to see whether two engines simulated the same."""

    positions: list[Any]  # m, [lane, body, 2] of the first lanes, boundary left out
    height: float  # m, mean over all bodies of all lanes
    pushing: float  # contact points with a normal impulse, mean over the lanes
    finite: bool


class Result(TypedDict):
    """What a process measured."""

    timing: Timing
    outcome: Outcome
