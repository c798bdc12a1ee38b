"""The agent of a run before its first update and after its last, on levels: how often each is solved, and on film."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax

from kinetix_env.errors import KinetixError
from kinetix_env.level import SIZES
from kinetix_env.levels import NamedLevel, pad
from kinetix_env.picture import gif
from kinetix_env.sources import ListCurriculum

from ..agent import first_params, load_agent
from ..evaluation import Evaluator, LevelSet
from ..evaluation.contestants import Arena, Contestant
from ..evaluation.evaluator import default_batch
from ..evaluation.level_sets import fits
from ..evaluation.record import record_policy
from ..evaluation.tables import Result
from ..training.build import build_env
from ..training.config import RunConfig
from .folder import RunFolder
from .scores import AFTER, BEFORE

__all__ = ["Exam", "hand_made", "usual_levels"]

SIZE = 160  # pixels, a level in a clip
FPS = 10
MOST_BYTES = 200_000  # of a clip, before it shows fewer frames


@dataclass(frozen=True, kw_only=True, eq=False)
class Exam:
    """The environment that some levels are played in, and what the agent knows before and after training."""

    arena: Arena
    knows: dict[str, Any]  # the parameters of BEFORE, unless nobody has them any more, and of AFTER
    devices: Sequence[Any]

    @classmethod
    def of(cls, run: RunFolder, sets: Sequence[LevelSet], devices: Sequence[Any]) -> "Exam":
        """That of a run with a checkpoint. A `KinetixError` if its network cannot play the levels."""
        arena = Contestant.of(load_agent(run.path), str(run.path)).enter(sets, jax.random.key(0))
        try:
            knows = {BEFORE: first_params(run.config), AFTER: arena.params}
        except KinetixError:  # it went on from another run's agent, which is not there any more
            knows = {AFTER: arena.params}
        return cls(arena=arena, knows=knows, devices=devices)

    def play(self, sets: Sequence[LevelSet], attempts: int, seed: int) -> list[Result]:
        """How often each level is solved, before and after."""
        env, key = self.arena.env, jax.random.key(seed)
        most = max(len(levels.levels) for levels in sets) * attempts
        batch = min(most, default_batch(list(self.devices)))
        evaluator = Evaluator(self.arena.policy, env, batch=batch, devices=self.devices)
        results = []
        for who, params in self.knows.items():
            for levels in sets:
                found = evaluator.play(params, levels.stacked(env.engine.capacity), key, attempts)
                results.append(Result(agent=who, levels=levels, evaluation=found))
        return results

    def films(self, levels: Sequence[NamedLevel], seed: int) -> list[tuple[str, bytes]]:
        """A caption and a GIF for each level: one attempt before on the left, one after on the right."""
        env = self.arena.env
        padded = [pad(named.level, named.capacity, env.engine.capacity) for named in levels]
        names = [named.name for named in levels]
        played = record_policy(self.arena.policy, self.knows, env, padded, jax.random.key(seed), names)
        films = []
        for row, name in enumerate(names):
            recordings = {who: recorded[row] for who, recorded in played.items()}
            ends = ", ".join(f"{who} {recording.ending}" for who, recording in recordings.items())
            film = gif(list(recordings.values()), size=SIZE, fps=FPS, columns=2, most_bytes=MOST_BYTES)
            films.append((f"{name}: {ends}", film))
        return films


def usual_levels(config: RunConfig) -> tuple[str, ...]:
    """References of what a run is asked: the levels that it trained on, or the hand-made ones of its size."""
    if isinstance(config.curriculum, ListCurriculum):
        return config.curriculum.levels
    capacity = build_env(config).engine.capacity
    largest = [size for size in SIZES if fits(SIZES[size], capacity)] or ["s"]
    return (f"suite:{largest[-1]}",)


def hand_made(sets: Sequence[LevelSet]) -> list[NamedLevel]:
    """The levels that somebody thought of: those that are not drawn at random."""
    return [named for levels in sets if not levels.name.startswith(("random:", "held-out:")) for named in levels.levels]
