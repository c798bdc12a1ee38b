"""What an agent is asked before and after training: levels that it never trains on, or those that it does."""

from dataclasses import dataclass, fields
from typing import Any

import jax
import numpy as np
from jaxtyping import Bool

from kinetix_env import KinetixEnv, Level
from kinetix_env.protocols import Policy

from ..evaluation import Evaluation, Evaluator, LevelSet
from ..evaluation.tables import Result
from ..policies.baselines import Uniform
from ..training.build import build_policy

__all__ = ["MIDDLING", "Exam", "Marks", "part_of"]

MIDDLING = "middling part"
ATTEMPTS = 16  # at each level
SORTING = 32  # attempts of random play that say which levels are middling; none of them is counted anywhere else


@dataclass(frozen=True, kw_only=True, eq=False)
class Marks:
    """The evaluations of one examinee by the name of the set."""

    who: str
    found: dict[str, Evaluation]

    def results(self, sets: tuple[LevelSet, ...]) -> list[Result]:
        """Those of whole sets, as the tables take them."""
        return [Result(agent=self.who, levels=levels, evaluation=self.found[levels.name]) for levels in sets]


class Exam:
    """Sets of levels, and the part of the first that is neither hopeless nor trivial for random play."""

    def __init__(self, env: KinetixEnv, sets: tuple[LevelSet, ...], *, split: bool, devices: list[Any]) -> None:
        """With `split` the middling part of the first set is reported by itself."""
        self.env, self.sets, self.devices = env, sets, devices
        self._levels: dict[str, Level] = {levels.name: levels.stacked(env.engine.capacity) for levels in sets}
        self._random = self._evaluator(build_policy(Uniform(), env))
        self.middling: Bool[np.ndarray, " level"] | None = None
        if split:
            sorting = self._random.play((), self._levels[sets[0].name], jax.random.key(1), SORTING)
            self.middling = (sorting.solve_rates > 0) & (sorting.solve_rates < 1)

    def random_play(self) -> Marks:
        """How uniformly random actions do."""
        return self._mark("random play", self._random, (), 2)

    def prepare(self, policy: Policy) -> None:
        """Compile what plays a policy, once for all that it will have learnt."""
        self._agent = self._evaluator(policy)

    def examine(self, who: str, params: Any, seed: int) -> Marks:
        """How the policy does with some parameters, drawing its actions."""
        return self._mark(who, self._agent, params, seed)

    def _evaluator(self, policy: Policy) -> Evaluator:
        return Evaluator(policy, self.env, devices=self.devices)

    def _mark(self, who: str, evaluator: Evaluator, params: Any, seed: int) -> Marks:
        key = jax.random.key(seed)
        found = {name: evaluator.play(params, levels, key, ATTEMPTS) for name, levels in self._levels.items()}
        if self.middling is not None:
            name = next(iter(found))
            found = {name: found[name], MIDDLING: part_of(found[name], self.middling), **found}
        return Marks(who=who, found=found)


def part_of(found: Evaluation, which: Bool[np.ndarray, " level"]) -> Evaluation:
    """An evaluation of some of the levels."""
    return Evaluation(**{field.name: getattr(found, field.name)[which] for field in fields(Evaluation)})
