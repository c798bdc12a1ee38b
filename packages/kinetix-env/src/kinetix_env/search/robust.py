"""From a plan that solves a level to one that still does when the start differs a little.

A small evolution: each round plays the best plans and changes of them, each from the same perturbed starts."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import numpy as np

from ..level.level import Level
from .archive import copy_rows
from .lanes import Lane, Lanes
from .plans import Plan, Planner
from .starts import perturbed

__all__ = ["STARTS", "Steady", "cut", "steady"]

STARTS = 32  # perturbed starts of each plan
ENOUGH = 0.9  # robustness that needs no improvement
PARENTS = 4  # plans that are changed
COAST = 6  # environment steps for which the last action is held after the level is solved


class Steady(NamedTuple):
    """A plan that solves a level from some perturbed starts."""

    robustness: float  # fraction of the perturbed starts from which the plan solves the level
    plan: Plan  # the actions
    until: int  # environment steps after which nothing is done


def steady(
    lanes: Lanes,
    level: Level,
    start: Lane,
    planner: Planner,
    found: list[tuple[Plan, int]],
    go_on: Callable[[int], bool],
) -> list[Steady]:
    """The most robust plans, best first, given some that solve the level and in how many environment steps.

    `go_on` receives the number of episodes played and returns whether there is time for another round.
    """
    groups = max(1, lanes.count // STARTS)
    count = min(STARTS, lanes.count)
    starts = _starts(lanes, level, start, count, planner.rng)
    best: list[Steady] = []
    tried = [(cut(plan, steps), steps) for plan, steps in found[:groups]]
    while True:
        parents = [(one.plan, one.until) for one in best[:PARENTS]] or tried
        for place in range(groups - len(tried)):
            plan, until = parents[place % len(parents)]
            tried.append((planner.nudged(plan, until), until))
        shares, ends = _play(lanes, level, starts, count, tried)
        best += [
            Steady(share, cut(plan, end), min(len(plan), end + COAST))
            for (plan, _), share, end in zip(tried, shares, ends, strict=True)
            if share
        ]
        best.sort(key=lambda one: (-one.robustness, one.until))
        del best[groups:]
        in_time = go_on(len(tried) * count)
        if not best or best[0].robustness >= ENOUGH or not in_time:
            return best
        tried = []


def cut(plan: Plan, steps: int) -> Plan:
    """The plan with no-op from shortly after the step that solves the level."""
    plan = plan.copy()
    plan[steps + COAST :] = 0
    return plan


def _starts(lanes: Lanes, level: Level, start: Lane, count: int, rng: np.random.Generator) -> Lane:
    """The rows of all lanes: groups of the same `count` perturbed starts."""
    rows: Lane = jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], lanes.count, axis=0), start)
    some = perturbed(level, count, rng)
    which = np.arange(lanes.count) % count
    copy_rows(rows.physics, np.arange(lanes.count), some, which)
    return rows


def _play(
    lanes: Lanes, level: Level, starts: Lane, count: int, tried: list[tuple[Plan, int]]
) -> tuple[list[float], list[int]]:
    """Per plan, the fraction of starts from which it solves the level, and the most steps that it needs in those."""
    plans = np.zeros((lanes.count, *tried[0][0].shape), np.int8)
    for place, (plan, _) in enumerate(tried):
        plans[place * count : (place + 1) * count] = plan
    rows: Lane = jax.tree.map(np.array, starts)
    used = len(tried) * count
    rows.done[used:] = True
    while not np.asarray(rows.done).all():
        rows = lanes.play(level, rows, plans)
    solved = np.asarray(rows.solved)[:used].reshape(-1, count)
    time = np.where(solved, np.asarray(rows.time)[:used].reshape(-1, count), 0)
    return solved.mean(axis=1).tolist(), time.max(axis=1).tolist()
