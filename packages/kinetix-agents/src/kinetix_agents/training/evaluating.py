"""Evaluations during training: the success rate on fixed levels every N environment steps.

Unlike the success rate in training, which is over the levels that the curriculum chose, it measures progress. The
episodes of all evaluations start from the same random keys. Training waits for them, and its clock too; they change
nothing in what it computes."""

from collections.abc import Callable
from typing import Any

import jax

from kinetix_env.sources import ListCurriculum

from ..evaluation.evaluator import Evaluator
from ..evaluation.level_sets import LevelSet, find_sets, largest_size
from ..ppo import PPO
from .config import RunConfig

__all__ = ["RegularEval", "regular_eval"]

SEED = 0  # of the episodes


class RegularEval:
    """Evaluates the policy of a run on sets of levels, in its own environment."""

    def __init__(self, config: RunConfig, ppo: PPO, sets: list[LevelSet]) -> None:
        mine = [device for device in ppo.mesh.devices.flat if device.process_index == jax.process_index()]
        self._evaluator = Evaluator(ppo.policy, ppo.env, devices=mine)
        self._levels = {levels.name: levels.stacked(ppo.env.engine.capacity) for levels in sets}
        self._every, self._batch, self._attempts = config.eval_every, config.ppo.batch, config.eval_attempts

    def is_due(self, update: int) -> bool:
        """Whether there is an evaluation after an update, the first of which is number 1."""
        every, batch = self._every, self._batch
        return every is not None and update * batch // every > (update - 1) * batch // every

    def metrics(self, params: Any, stop: Callable[[], bool]) -> dict[str, float]:
        """Return success rate and standard error by the name of the metric; none if `stop` becomes true on the way."""

        def check(done: int, total: int) -> None:
            del done, total
            if stop():
                raise _Stopped

        params, found = jax.device_get(params), dict[str, float]()
        try:
            for name, levels in self._levels.items():
                rate = self._evaluator.play(params, levels, jax.random.key(SEED), self._attempts, check).solve_rate
                found |= {f"eval/{name}/solve_rate": rate.mean, f"eval/{name}/error": rate.error}
        except _Stopped:
            return {}
        return found


class _Stopped(Exception):
    """The run is to end before the evaluation is over."""


def regular_eval(config: RunConfig, ppo: PPO) -> RegularEval | None:
    """Return the evaluations that a run asks for, None if it asks for none; `LevelError` if a level does not fit."""
    if config.eval_every is None:
        return None
    references = config.eval_levels or _default_levels(config, ppo)
    return RegularEval(config, ppo, find_sets(references, seed=SEED))


def _default_levels(config: RunConfig, ppo: PPO) -> tuple[str, ...]:
    """The levels that a run trains on if they are given, otherwise the held-out set of the largest size that fits."""
    if isinstance(config.curriculum, ListCurriculum):
        return config.curriculum.levels
    return (f"held-out:{largest_size(ppo.env.engine.capacity)}",)
