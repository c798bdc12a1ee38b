"""Evaluation of one agent before and after training, on held-out levels or on its training levels."""

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
from ..policies.build import build_policy

__all__ = ["MIDDLING", "AgentResults", "BeforeAfterEval", "subset_of"]

MIDDLING = "middling part"  # levels that random play solves sometimes but not always
ATTEMPTS = 16  # episodes per level
SORTING = 32  # extra episodes of random play per level that select the middling levels; used for nothing else


@dataclass(frozen=True, kw_only=True, eq=False)
class AgentResults:
    """The evaluations of one agent, by the name of the level set."""

    label: str
    by_set: dict[str, Evaluation]

    def results(self, sets: tuple[LevelSet, ...]) -> list[Result]:
        """Return the evaluations of complete sets, for tables and CSV files."""
        return [Result(agent=self.label, levels=levels, evaluation=self.by_set[levels.name]) for levels in sets]


class BeforeAfterEval:
    """Evaluates policies on sets of levels, and on the middling part of the first set."""

    def __init__(self, env: KinetixEnv, sets: tuple[LevelSet, ...], *, split: bool, devices: list[Any]) -> None:
        """With `split` the middling part of the first set is also reported separately."""
        self.env, self.sets, self.devices = env, sets, devices
        self._levels: dict[str, Level] = {levels.name: levels.stacked(env.engine.capacity) for levels in sets}
        self._random = self._evaluator(build_policy(Uniform(), env))
        self.middling: Bool[np.ndarray, " level"] | None = None
        if split:
            sorting = self._random.play((), self._levels[sets[0].name], jax.random.key(1), SORTING)
            self.middling = (sorting.solve_rates > 0) & (sorting.solve_rates < 1)

    def random_play(self) -> AgentResults:
        """Evaluate uniformly random actions."""
        return self._evaluate("random play", self._random, (), 2)

    def compile(self, policy: Policy) -> None:
        """Set the policy to evaluate; one compiled program serves all its parameters."""
        self._agent = self._evaluator(policy)

    def evaluate(self, label: str, params: Any, seed: int) -> AgentResults:
        """Evaluate the policy with the given parameters, sampling its actions."""
        return self._evaluate(label, self._agent, params, seed)

    def _evaluator(self, policy: Policy) -> Evaluator:
        return Evaluator(policy, self.env, devices=self.devices)

    def _evaluate(self, label: str, evaluator: Evaluator, params: Any, seed: int) -> AgentResults:
        key = jax.random.key(seed)
        found = {name: evaluator.play(params, levels, key, ATTEMPTS) for name, levels in self._levels.items()}
        if self.middling is not None:
            name = next(iter(found))
            found = {name: found[name], MIDDLING: subset_of(found[name], self.middling), **found}
        return AgentResults(label=label, by_set=found)


def subset_of(found: Evaluation, which: Bool[np.ndarray, " level"]) -> Evaluation:
    """Return the evaluation of the levels where `which` is true."""
    return Evaluation(**{field.name: getattr(found, field.name)[which] for field in fields(Evaluation)})
