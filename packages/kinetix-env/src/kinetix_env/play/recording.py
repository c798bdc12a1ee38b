"""Recorded episodes on the host: the engine state and the controls of every step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from jax2d import State

from ..display import drawn_by
from ..errors import ActionError, ConfigError, LevelError
from ..level.level import Level
from ..level.physics import seconds_per_step
from ..levels import stack
from ..task.env import Info, KinetixEnv
from ..task.env_state import EnvState

__all__ = ["Ending", "Recording", "Steps", "record", "record_all", "recordings"]

Ending: TypeAlias = Literal["solved", "failed", "timed out", "broken", "unfinished"]

UNNAMED = "A level of Kinetix"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Recording:
    """One episode. Moment 0 is its start, moment i is after step i. Arrays are in numpy.

    `ending` is "solved" (green touched blue), "failed" (green touched red), "timed out", "broken" (the physics gave
    numbers that are not finite) or "unfinished" (there were no more actions).
    """

    level: Level  # the level played
    states: State  # with a leading axis of moments
    controls: Float[np.ndarray, "step control"]  # the engine's action of each step: its joints, then its thrusters
    ending: Ending  # how the episode ended
    step_seconds: float  # how long a step lasts
    name: str = UNNAMED  # of the level

    @property
    def steps(self) -> int:
        """The number of environment steps played."""
        return len(self.controls)

    @property
    def seconds(self) -> float:
        """Duration of the episode in s."""
        return self.steps * self.step_seconds

    def state(self, moment: int) -> State:
        """The engine state after `moment` steps."""
        state: State = jax.tree.map(lambda leaf: leaf[moment], self.states)
        return state

    def acting(self, moment: int) -> Float[np.ndarray, " control"] | None:
        """The controls of the step that led to a moment; None for the start."""
        return self.controls[moment - 1] if moment else None

    def moment_at(self, seconds: float) -> int:
        """The moment nearest to a time after the start; the last one if that is later."""
        return min(max(round(seconds / self.step_seconds), 0), self.steps)

    _repr_html_ = drawn_by("kinetix_env.picture.notebook:recording_html")

    def __str__(self) -> str:
        return f"{self.name}: {self.ending} after {self.seconds:.1f} s"

    def __repr__(self) -> str:
        return f"<Recording of {self}>"


def record(env: KinetixEnv, level: Level, actions: Any, *, name: str = UNNAMED) -> Recording:
    """Play actions of the environment's action space, [step, ...], until the episode or the actions end."""
    (recording,) = record_all(env, [level], np.asarray(actions)[None], names=[name])
    return recording


def record_all(
    env: KinetixEnv, levels: Sequence[Level], actions: Any, *, names: Sequence[str] | None = None
) -> list[Recording]:
    """`record` for several levels of the environment's capacity at once; `actions` is [level, step, ...].

    It is one compiled program for a number of levels and steps: give several calls the same.
    """
    if not isinstance(env, KinetixEnv):
        raise ConfigError(f"A recording is of a KinetixEnv, got {type(env).__name__}: leave wrappers out.")
    if not levels:
        raise LevelError("A recording needs at least one level, got none.")
    names = [UNNAMED] * len(levels) if names is None else names
    if len(names) != len(levels):
        raise ConfigError(f"names must be one for each of {len(levels)} levels, got {len(names)}.")
    shape = env.action_space.shape
    given = np.asarray(actions)
    if given.ndim != 2 + len(shape) or given.shape[0] != len(levels) or given.shape[2:] != shape:
        takes = f"({', '.join(['steps', *map(str, shape)])}{',' * (not shape)})"
        raise ActionError(
            f"The actions of a recording must be an array of shape {takes} for each of {len(levels)} levels, "
            f"got {given.shape[1:]} for each of {given.shape[0] if given.ndim else 0}."
        )
    if not given.shape[1]:
        raise ActionError("The actions of a recording must have at least one step, got none.")
    return recordings(env, levels, _play(env, stack(jax.device_get(list(levels))), jnp.asarray(given)), names)


class Steps(eqx.Module):
    """The results of each environment step of an episode; arrays are [*batch, step, ...]."""

    states: State  # physics after each step
    controls: Float[Array, "*step control"]  # the engine's action
    done: Bool[Array, "*step"]  # whether the episode has ended
    solved: Bool[Array, "*step"]  # whether green has touched blue
    failed: Bool[Array, "*step"]  # whether green has touched red
    truncated: Bool[Array, "*step"]  # whether the time limit ended the episode

    @classmethod
    def of(cls, env: KinetixEnv, action: Any, after: EnvState, info: Info) -> "Steps":
        """The outcome of one step of one episode, for a loop to stack."""
        return cls(
            states=after.physics,
            controls=env.action_space.controls(after.level, action),
            done=after.done,
            solved=info.solved,
            failed=info.failed,
            truncated=info.truncated,
        )


def recordings(env: KinetixEnv, levels: Sequence[Level], steps: Steps, names: Sequence[str]) -> list[Recording]:
    """Cut episodes at their ends. `steps` is [level, step, ...]; the episodes started as their levels do."""
    played: Steps = jax.device_get(steps)
    rows = [jax.tree.map(lambda leaf, row=row: leaf[row], played) for row in range(len(levels))]
    return [
        _until_the_end(level, row, seconds_per_step(level, env.engine.params) * env.frame_skip, name)
        for level, row, name in zip(jax.device_get(list(levels)), rows, names, strict=True)
    ]


@eqx.filter_jit
def _play(env: KinetixEnv, levels: Level, actions: Any) -> Steps:
    def episode(level: Level, actions: Any) -> Steps:
        def step(state: EnvState, action: Any) -> tuple[EnvState, Steps]:
            after, _, info = env.advance(state, action)
            return after, Steps.of(env, action, after, info)

        return jax.lax.scan(step, env.start(level), actions)[1]

    return jax.vmap(episode)(levels, actions)


def _until_the_end(level: Level, steps: Steps, step_seconds: float, name: str) -> Recording:
    done = np.asarray(steps.done)
    count = int(done.argmax()) + 1 if done.any() else len(done)
    ending: Ending = "broken" if done.any() else "unfinished"
    endings: tuple[tuple[Any, Ending], ...] = (
        (steps.solved, "solved"),
        (steps.failed, "failed"),
        (steps.truncated, "timed out"),
    )
    for flags, word in endings:
        if flags[:count].any():
            ending = word
    return Recording(
        level=level,
        states=jax.tree.map(lambda start, rest: np.concatenate([start[None], rest[:count]]), level.state, steps.states),
        controls=np.asarray(steps.controls)[:count],
        ending=ending,
        step_seconds=step_seconds,
        name=name,
    )
