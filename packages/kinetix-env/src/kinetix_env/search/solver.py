"""The search for actions that solve a level.

Many episodes are played side by side, each by a plan of held actions (`plans`). Where an episode is over, another one
begins, in one of three ways: by a random plan; by a change of one of the plans that came closest (`elites`); or from a
state that was reached before, with a random continuation (`archive`). Plans of one single action come first. A plan
that solves the level is changed until it does so from slightly different starts too (`robust`), and counts if it solves
the level in an episode of its own. Same seed, same machine, same search; only how far it gets depends on time."""

import time
from collections.abc import Callable, Sequence

import jax
import numpy as np
from jaxtyping import Int

from ..errors import ConfigError
from ..level.level import Level
from ..task.actions import MultiDiscreteActions
from ..task.env import KinetixEnv
from .archive import Archive, copy_rows
from .choices import check_roles, choices
from .elites import Elites
from .lanes import Lane, Lanes, start_lane
from .plans import Plan, Planner
from .replay import multi_discrete, replay
from .results import Progress, SearchResult
from .robust import Steady, steady

__all__ = ["BUDGET", "solve"]

BUDGET = 300.0  # s
STEADYING = 0.25  # fraction of the budget for making a solution more robust
RANDOM, CHANGED = 0.25, 0.4  # fractions of the episodes; the rest goes on from states of the archive
LATEST = 8  # environment steps that must be left to go on from a state
STALE = 20_000  # episodes without coming closer after which the evolution begins anew
VERIFIED = 4  # plans to try in an episode of their own, each time that one seems to solve the level

OnProgress = Callable[[Progress], None]


def solve(
    env: KinetixEnv,
    level: Level,
    *,
    budget: float = BUDGET,
    seed: int = 0,
    progress: OnProgress | None = None,
    devices: Sequence[jax.Device] | None = None,
    lanes: int | None = None,
) -> SearchResult:
    """Search for actions that solve a level, for at most `budget` seconds, of which compiling is a part.

    The environment's observation, reward and action space do not matter; solutions are multi-discrete actions.
    `progress` is called several times per second. `lanes` episodes run side by side on `devices`, by default all those
    of this process, which are kept busy. What is compiled serves all levels of the environment's capacity.

    Raises a `LevelError` for a level without green or blue shapes, or of another capacity, and a `ConfigError` for a
    budget or a number of lanes that is not positive.
    """
    if not budget > 0:
        raise ConfigError(f"The budget of a search must be a positive number of seconds, got {budget!r}.")
    if lanes is not None and lanes < 1:
        raise ConfigError(f"A search must have at least 1 lane, got {lanes!r}.")
    begin = time.monotonic()
    check_roles(level)
    env = multi_discrete(env)
    start: Lane = jax.device_get(start_lane(env, level))
    level = jax.device_get(level)
    counts = choices(level)
    if counts.prod() == 1:
        return _idle(env, level, begin)
    planner = Planner(np.random.default_rng(seed), counts, env.horizon)
    rows = Lanes(env, jax.local_devices() if devices is None else devices, lanes)
    return _Search(env, rows, level, start, planner, begin, budget, progress).run()


def _idle(env: KinetixEnv, level: Level, begin: float) -> SearchResult:
    """The result for a level without actuators: the outcome of no-op."""
    end = replay(env, level, [])
    idle = ((0,) * len(MultiDiscreteActions().choices),)
    return SearchResult(
        solved=end.solved,
        actions=idle * end.steps if end.solved else (),
        steps=end.steps if end.solved else 0,
        robustness=float(end.solved),
        closest=end.closest,
        rollouts=1,
        seconds=time.monotonic() - begin,
        exhausted=True,
    )


class _Search:
    """The state of one search."""

    def __init__(
        self,
        env: KinetixEnv,
        lanes: Lanes,
        level: Level,
        start: Lane,
        planner: Planner,
        begin: float,
        budget: float,
        progress: OnProgress | None,
    ) -> None:
        self.env, self.lanes, self.level, self.start, self.planner = env, lanes, level, start, planner
        self.begin, self.budget, self.progress = begin, budget, progress
        self.rng = planner.rng
        self.there = lanes.load(level)
        self.rows: Lane = jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], lanes.count, axis=0), start)
        self.plans = np.zeros((lanes.count, *planner.idle().shape), np.int8)
        self.archive, self.elites = Archive(level, start, planner.idle()), Elites()
        self.rollouts, self.closest, self.improved = 0, float(start.distance), 0

    def run(self) -> SearchResult:
        """Search until a solution is found or the budget is spent."""
        self.archive.add(self.rows, self.plans, np.array([0]))
        first = self.planner.constant(self.lanes.count // 2)
        for row in range(self.lanes.count):
            self.plans[row] = first[row] if row < len(first) else self.planner.random()
        fragile: SearchResult | None = None
        while fragile is None and self.seconds < self.budget:
            self.rows = self.lanes.play(self.there, self.rows, self.plans)
            found = self._collect()
            if found:
                fragile = self._steadied(found)
            self._begin_anew()
            self._tell("searching")
        return fragile or SearchResult(solved=False, closest=self.closest, rollouts=self.rollouts, seconds=self.seconds)

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self.begin

    def _tell(self, stage: str) -> None:
        if self.progress is not None:
            self.progress(
                Progress(
                    stage=stage,
                    rollouts=self.rollouts,
                    seconds=self.seconds,
                    budget=self.budget,
                    closest=self.closest,
                )
            )

    def _collect(self) -> list[tuple[Plan, int]]:
        """Keep what the rows have come to; the plans that solve the level, and in how many environment steps."""
        rows, done = self.rows, np.asarray(self.rows.done)
        over = np.flatnonzero(done)
        self.archive.add(rows, self.plans, np.flatnonzero(~done & (rows.time <= self.env.horizon - LATEST)))
        for row in over:
            self.elites.add(self.plans[row], float(rows.least[row]), int(rows.when[row]), bool(rows.failed[row]))
        self.rollouts += len(over)
        least = float(np.asarray(rows.least).min())
        if least < self.closest:
            self.closest, self.improved = least, self.rollouts
        elif self.rollouts - self.improved > STALE:
            self.elites.clear()
            self.improved = self.rollouts
        found = [(self.plans[row].copy(), int(rows.time[row])) for row in np.flatnonzero(rows.solved)]
        return sorted(found, key=lambda one: one[1])

    def _begin_anew(self) -> None:
        """Replace each ended episode by one from the start or from an archived state, with a new plan."""
        over = np.flatnonzero(self.rows.done)
        how = self.rng.random(len(over))
        random = (how < RANDOM) | (not len(self.elites))
        changed = ~random & (how < RANDOM + CHANGED)
        self._start(over[random | changed])
        for row in over[random]:
            self.plans[row] = self.planner.random()
        for row in over[changed]:
            elite = self.elites.pick(self.rng)
            self.plans[row] = self.planner.changed(elite.plan, elite.when, self.elites.pick(self.rng).plan)
        branched = over[~(random | changed)]
        slots = self.archive.pick(self.rng, len(branched))
        self.archive.restore(self.rows, branched, slots)
        for row, slot in zip(branched, slots.tolist(), strict=True):
            self.plans[row] = self.planner.continued(*self.archive.plan(slot))

    def _start(self, rows: Int[np.ndarray, " some"]) -> None:
        one: Lane = jax.tree.map(lambda leaf: np.asarray(leaf)[None], self.start)
        copy_rows(self.rows, rows, one, np.zeros(len(rows), int))

    def _steadied(self, found: list[tuple[Plan, int]]) -> SearchResult | None:
        """A solution that was made more robust and solves the level in an episode of its own, or None."""
        deadline = self.seconds + min(STEADYING * self.budget, max(0.0, self.budget - self.seconds))

        def go_on(played: int) -> bool:
            self.rollouts += played
            self._tell("steadying")
            return self.seconds < deadline

        candidates = steady(self.lanes, self.there, self.start, self.planner, found, go_on)
        for one in candidates[:VERIFIED] + [Steady(0.0, plan, steps) for plan, steps in found[:VERIFIED]]:
            end = replay(self.env, self.level, one.plan[: one.until].tolist())
            if end.solved:
                actions = one.plan[: max(one.until, end.steps)].tolist()
                return SearchResult(
                    solved=True,
                    actions=tuple(map(tuple, actions)),
                    steps=end.steps,
                    robustness=one.robustness,
                    closest=min(self.closest, end.closest),
                    rollouts=self.rollouts,
                    seconds=self.seconds,
                )
        return None
