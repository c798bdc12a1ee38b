"""Evaluation of random play and of a run's agent before its first update and after its last; clips of its episodes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax

from kinetix_env.devices import default_batch
from kinetix_env.errors import KinetixError
from kinetix_env.levels import NamedLevel, pad
from kinetix_env.picture import gif
from kinetix_env.protocols import Policy
from kinetix_env.sources import LevelReference, ListCurriculum

from ..agent import first_params, load_agent
from ..evaluation import Evaluator, LevelSet
from ..evaluation.agents import EvalSetup
from ..evaluation.level_sets import largest_size
from ..evaluation.record import record_policy
from ..evaluation.tables import Result
from ..policies.baselines import Uniform
from ..policies.build import build_policy
from ..training.build import build_env
from ..training.config import RunConfig
from .folder import RunFolder
from .scores import AFTER, BEFORE, RANDOM_PLAY

__all__ = ["Clip", "RunEval", "default_levels", "hand_made"]

SIZE = 160  # px, side of a level in a clip
FPS = 10  # frames per second
MAX_BYTES = 200_000  # size of a clip above which its frame rate is reduced


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A film of one attempt at a level per agent, side by side."""

    level: str
    episodes: tuple[str, ...]  # such as "before: failed after 3.2 s"
    film: bytes  # a GIF


@dataclass(frozen=True, kw_only=True, eq=False)
class RunEval:
    """The environment to play levels in, and the agent's parameters before and after training."""

    setup: EvalSetup
    params: dict[str, Any]  # by BEFORE, unless those are no longer available, and AFTER
    devices: Sequence[Any]

    @classmethod
    def of(cls, run: RunFolder, sets: Sequence[LevelSet], devices: Sequence[Any]) -> "RunEval":
        """Set up the evaluation of a run that has a checkpoint. Raises `KinetixError` if its network cannot play."""
        setup = load_agent(run.path).for_evaluation(str(run.path)).set_up(sets, jax.random.key(0))
        try:
            params = {BEFORE: first_params(run.config, run.path), AFTER: setup.params}
        except KinetixError:  # it started from another run's agent, which is no longer available
            params = {AFTER: setup.params}
        return cls(setup=setup, params=params, devices=devices)

    def evaluate(self, sets: Sequence[LevelSet], attempts: int, seed: int) -> list[Result]:
        """Evaluate random play and the agent before and after training, with `attempts` episodes per level."""
        env, key = self.setup.env, jax.random.key(seed)
        most = max(len(levels.levels) for levels in sets) * attempts
        batch = min(most, default_batch(list(self.devices)))
        players: list[tuple[str, Policy, Any]] = [(RANDOM_PLAY, build_policy(Uniform(), env), ())]
        players += [(label, self.setup.policy, params) for label, params in self.params.items()]
        evaluators = {id(policy): Evaluator(policy, env, batch=batch, devices=self.devices) for _, policy, _ in players}
        results = []
        for label, policy, params in players:
            for levels in sets:
                found = evaluators[id(policy)].play(params, levels.stacked(env.engine.capacity), key, attempts)
                results.append(Result(agent=label, levels=levels, evaluation=found))
        return results

    def clips(self, levels: Sequence[NamedLevel], seed: int) -> list["Clip"]:
        """Return a clip per level: an attempt before training on the left, one after it on the right."""
        env = self.setup.env
        padded = [pad(named.level, env.engine.capacity) for named in levels]
        names = [named.name for named in levels]
        played = record_policy(self.setup.policy, self.params, env, padded, jax.random.key(seed), names)
        clips = []
        for row, name in enumerate(names):
            recordings = [replace(recorded[row], name=label) for label, recorded in played.items()]
            film = gif(recordings, size=SIZE, fps=FPS, columns=2, most_bytes=MAX_BYTES)
            clips.append(Clip(level=name, episodes=tuple(str(recording) for recording in recordings), film=film))
        return clips


def default_levels(config: RunConfig) -> tuple[str, ...]:
    """Return references to the levels that a run is evaluated on: its training levels if it trains on a list of
    levels, otherwise the hand-made levels of its size.
    """
    if isinstance(config.curriculum, ListCurriculum):
        return config.curriculum.levels
    return (f"suite:{largest_size(build_env(config).engine.capacity)}",)


def hand_made(sets: Sequence[LevelSet]) -> list[NamedLevel]:
    """Return the levels that were not generated at random."""
    return [named for levels in sets if not LevelReference.parse(levels.name).drawn for named in levels.levels]
