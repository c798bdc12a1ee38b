"""What came of a run in words and as a picture: what was trained, and what it solves now, before and at random."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from kinetix_env.sources import ListCurriculum, RandomCurriculum

from ..evaluation.significance import Change, Rate
from ..evaluation.words import conclusion, count_of, interval_of, opening, percent
from ..training.config import RunConfig
from .charts import Bar, bar_chart
from .folder import RunFolder
from .page import Html, verdict_box
from .scores import AFTER, BEFORE, RANDOM_PLAY, Score, of_the_run

__all__ = ["rates_chart", "verdict"]

AGENT_COLOURS = {RANDOM_PLAY: 6, BEFORE: 0, AFTER: 1}
Counts = tuple[Int[np.ndarray, " level"], Int[np.ndarray, " level"]]  # attempts solved, attempts


@dataclass(frozen=True, kw_only=True, eq=False)
class _Set:
    """The counts of each agent on a set, on the levels that all of them have played."""

    name: str
    levels: int
    agents: dict[str, Counts]
    known: str  # a clause on what the agent knows of the levels, or ""

    @property
    def where(self) -> str:
        """The levels as the object of "at"."""
        return self.name if self.levels == 1 else f"the {count_of(self.levels, 'level')} of {self.name}"

    def solves(self, agent: str, *, interval: bool = False) -> str:
        """How much an agent solves, such as "45.6 %", or "6 of 16" where there is one level."""
        solved, attempts = self.agents[agent]
        if self.levels == 1:
            return f"{int(solved[0])} of {count_of(int(attempts[0]), 'attempt')}"
        rate = Rate.of(solved, attempts)
        return interval_of(rate) if interval else percent(rate.mean)


def verdict(run: RunFolder, scores: Sequence[Score]) -> Html:
    """Return a block on what was trained and what it solves; its headline is on the first set of levels."""
    trained = _trained(run)
    if not scores:
        return verdict_box(
            "There is no checkpoint yet, so the agent cannot be evaluated." if not run.has_agent else "Not evaluated.",
            trained,
            good=None,
        )
    sets = list(_sets(run.config, scores))
    agent = of_the_run(scores)[0].agent
    first = sets[0]
    good: bool | None = None
    if BEFORE in first.agents and AFTER in first.agents:
        change = Change.of(first.agents[BEFORE], first.agents[AFTER])
        good = change.difference.mean > 0 if change.significant else None
        headline = f"{opening(change)} It solves {first.solves(AFTER)}{_of_attempts(first)} at {first.where}"
        headline += f", {first.solves(BEFORE)} before training."
    else:
        headline = f"It solves {first.solves(agent)}{_of_attempts(first)} at {first.where}."
    texts = [trained, *(_sentences(one, agent) for one in sets)]
    return verdict_box(headline, *texts, good=good)


def rates_chart(scores: Sequence[Score]) -> Html:
    """Return a bar per set and agent with its 95 % interval."""
    groups = []
    for name in dict.fromkeys(score.set for score in scores):
        of_set = [score for score in scores if score.set == name]
        agents = dict.fromkeys(score.agent for score in of_set)
        bars = []
        for place, agent in enumerate(agents):
            rate = Rate.of(*_counts([score for score in of_set if score.agent == agent]))
            bars.append(Bar(label=agent, rate=rate, colour=AGENT_COLOURS.get(agent, place + 2)))
        groups.append((f"{name} ({count_of(len({score.level for score in of_set}), 'level')})", bars))
    return bar_chart("fraction of attempts that solve a level", groups)


def _trained(run: RunFolder) -> str:
    """Return a sentence on what was trained, where and how long."""
    config, seconds = run.config, run.metrics[-1].get("seconds")
    time = "" if seconds is None else f" in {_duration(float(seconds))}"
    start = "" if config.start_from is None else f", starting from the agent of {config.start_from}"
    return (
        f"The policy {config.policy.name} was trained with PPO in {config.environment.name} on {_trained_on(config)}: "
        f"{run.steps:,} environment steps{time}, seed {config.seed}{start}."
    )


def _trained_on(config: RunConfig) -> str:
    if isinstance(config.curriculum, ListCurriculum):
        return f"the levels {', '.join(config.curriculum.levels)}"
    if isinstance(config.curriculum, RandomCurriculum):
        return "random levels"
    return f"levels that the curriculum {config.curriculum.name} chose"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return count_of(max(round(seconds), 1), "second")
    return f"{seconds / 60:.1f} minutes" if seconds < 6000 else f"{seconds / 3600:.1f} hours"


def _of_attempts(one: _Set) -> str:
    return "" if one.levels == 1 else " of its attempts"


def _sentences(one: _Set, agent: str) -> str:
    """Return what is known about a set: rates with intervals, the difference to before and to random play."""
    said = []
    known = f" ({one.known})" if one.known else ""
    if BEFORE in one.agents and AFTER in one.agents:
        change = Change.of(one.agents[BEFORE], one.agents[AFTER])
        significant = "is significant" if change.significant else "is not significant"
        first, last = (one.solves(player, interval=True) for player in (BEFORE, AFTER))
        said.append(
            f"At {one.where}{known}: {first} before training, {last} after it. The difference {significant}: "
            f"{conclusion(change)}."
        )
    else:
        unknown = "There is no evaluation from before training."
        said.append(f"At {one.where}{known}: {one.solves(agent, interval=True)}. {unknown}")
    if RANDOM_PLAY in one.agents and agent != RANDOM_PLAY:
        change = Change.of(one.agents[RANDOM_PLAY], one.agents[agent])
        side = "better" if change.difference.mean > 0 else "worse"
        words = f"the agent is {side} by" if change.significant else "which is not significantly different:"
        said.append(f"Random play solves {one.solves(RANDOM_PLAY, interval=True)}, {words} {conclusion(change)}.")
    return " ".join(said)


def _sets(config: RunConfig, scores: Sequence[Score]) -> Iterator[_Set]:
    for name in dict.fromkeys(score.set for score in scores):
        of_set = [score for score in scores if score.set == name]
        agents = list(dict.fromkeys(score.agent for score in of_set))
        played = [{score.level for score in of_set if score.agent == agent} for agent in agents]
        shared = set.intersection(*played)
        if not shared:  # of agents that have no level in common, the run's own is the one to report
            agents = [of_the_run(of_set)[0].agent]
            shared = {score.level for score in of_set if score.agent == agents[0]}
        counts = {
            agent: _counts([score for score in of_set if score.agent == agent and score.level in shared])
            for agent in agents
        }
        yield _Set(name=name, levels=len(shared), agents=counts, known=_known(config, name))


def _known(config: RunConfig, name: str) -> str:
    """Return what the agent knows of a set, or "" where that is not known: it may have started from another agent."""
    if isinstance(config.curriculum, ListCurriculum):
        return "on which it was trained" if name in config.curriculum.levels else ""
    elsewhere = name.split(":")[0] in ("suite", "held-out") and not hasattr(config.curriculum, "levels")
    return "which it never saw" if elsewhere and config.start_from is None else ""


def _counts(scores: Sequence[Score]) -> Counts:
    """Return the numbers of attempts solved and of all attempts, by level in the order of their names."""
    by_level = {score.level: score for score in scores}
    ordered = [by_level[level] for level in sorted(by_level)]
    return np.array([score.solved for score in ordered]), np.array([score.attempts for score in ordered])
