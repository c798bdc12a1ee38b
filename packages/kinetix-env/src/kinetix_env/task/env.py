"""The environment: one action, a few engine steps, what the agent sees and is given."""

from dataclasses import replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from jax2d import Engine, State
from jax2d.batching import default_settings

from ..config import check_integer
from ..level.level import Level
from ..level.physics import params_of
from .checks import check_level, check_state
from .env_state import EnvState, Transition
from .protocols import ActionSpace, Observation, Reward
from .verdict import Verdict, contact_meaning, goal_distance, present_roles

__all__ = ["Info", "KinetixEnv"]

FRAME_SKIP = 2  # engine steps an action is held for
HORIZON = 256  # environment steps after which an episode is cut off


class Info(eqx.Module):
    """How a step ended. `done` is `solved | failed | truncated`, or a state that is not finite."""

    solved: Bool[Array, ""]  # green touched blue
    failed: Bool[Array, ""]  # green touched red
    truncated: Bool[Array, ""]  # cut off: out of time, though the task could go on
    distance: Float[Array, ""]  # m, sum over the pairs of a green and a blue shape


class KinetixEnv(eqx.Module):
    """Levels of one capacity as an environment; `reset` and `step` in gymnax's order, for one episode.

    `jax.jit`, `jax.vmap` and `jax.lax.scan` work in any nesting, and `jax.vmap` is the fast path. An episode
    ends when it is solved, failed or out of time; wrap the environment in `AutoReset` to go on with another.
    Stepping one that has ended is no error, since a batch has such rows: it stays done, and all its rewards are 0.

    Levels and states of another capacity are a `LevelError`, actions of another shape or type an `ActionError`.
    """

    engine: Engine
    action_space: ActionSpace
    observation: Observation
    reward: Reward
    frame_skip: int = eqx.field(static=True, default=FRAME_SKIP)
    horizon: int = eqx.field(static=True, default=HORIZON)

    def __check_init__(self) -> None:
        for name in ("frame_skip", "horizon"):
            check_integer(self, name, 1)

    @default_settings
    def reset(self, key: PRNGKeyArray, level: Level) -> tuple[Any, EnvState]:
        """Start an episode of a level. Nothing is drawn at random; the key is part of the usual interface."""
        del key
        state = self.start(level)
        return self.observation(state), state

    @default_settings
    def start(self, level: Level) -> EnvState:
        """The state in which an episode of a level starts."""
        check_level("KinetixEnv.reset", level, self.engine.capacity)
        contacts = level.state.normal_impulse.shape[0]
        return EnvState(
            level=level,
            physics=jax.tree.map(jnp.copy, level.state),  # so that a caller can donate the state
            touching=jnp.zeros(contacts, bool),
            time=jnp.zeros((), jnp.int32),
            distance=goal_distance(present_roles(level), level.state.position),
            done=jnp.zeros((), bool),
        )

    @default_settings
    def step(
        self, key: PRNGKeyArray, state: EnvState, action: Any
    ) -> tuple[Any, EnvState, Float[Array, ""], Bool[Array, ""], Info]:
        """Hold an action for `frame_skip` engine steps: observation, state, reward, done, info."""
        del key  # the physics is deterministic
        state, reward, info = self.advance(state, action)
        return self.observation(state), state, reward, state.done, info

    @default_settings
    def advance(self, state: EnvState, action: Any) -> tuple[EnvState, Float[Array, ""], Info]:
        """`step` without the observation."""
        check_state("KinetixEnv.step", state, self.engine.capacity)
        controls = self.action_space.controls(state.level, action)
        play, touching = self._simulate(state, controls)
        finite, going = _is_finite(play.physics), ~state.done
        valid = finite & going  # where a position is NaN, everything seems to touch
        solved, failed = play.verdict.solved & valid, play.verdict.failed & valid
        distance = jnp.where(finite, play.distance, state.distance)
        step = Transition(
            solved=solved,
            failed=failed,
            first=state.time == 0,
            distance_before=state.distance,
            distance_after=distance,
        )
        time = state.time + 1
        ended = solved | failed | ~finite | state.done
        truncated = (time >= self.horizon) & ~ended
        after = EnvState(
            level=state.level,
            physics=_pose_unless(finite, play.physics, state.physics),
            touching=touching,
            time=time,
            distance=distance,
            done=ended | truncated,
        )
        reward = jnp.where(going, self.reward(step), 0.0)
        return after, reward, Info(solved=solved, failed=failed, truncated=truncated, distance=distance)

    def _simulate(self, state: EnvState, controls: Float[Array, " control"]) -> tuple["_Play", Bool[Array, " contact"]]:
        """The engine steps of one action, and the contacts of the last one.

        The distance is that of the engine step which decides the episode, or else of the last one.
        """
        role = present_roles(state.level)
        meaning = contact_meaning(self.engine.capacity, role)
        params = params_of(state.level, self.engine.params)

        def step(play: _Play, _: None) -> tuple[_Play, Bool[Array, " contact"]]:
            physics, contacts = self.engine.step(state.level.scene, play.physics, controls, params)
            return _Play(
                physics=physics,
                verdict=play.verdict.after(meaning, contacts.active),
                distance=jnp.where(play.verdict.open, goal_distance(role, physics.position), play.distance),
            ), contacts.active

        no = jnp.zeros((), bool)
        start = _Play(physics=state.physics, verdict=Verdict(solved=no, failed=no), distance=state.distance)
        # a loop, so that the engine is compiled once
        play, touching = jax.lax.scan(step, start, length=self.frame_skip)
        return play, touching[-1]


_POSE = ("position", "angle", "velocity", "angular_velocity")


class _Play(eqx.Module):
    """What the engine steps of one action change."""

    physics: State
    verdict: Verdict
    distance: Float[Array, ""]  # m


def _is_finite(physics: State) -> Bool[Array, ""]:
    """Whether no pose or velocity is NaN or infinite: sums of bounded numbers do not overflow."""
    return jnp.isfinite(sum(getattr(physics, name).sum() for name in _POSE))


def _pose_unless(finite: Bool[Array, ""], new: State, old: State) -> State:
    """The new state; where it is not finite, the poses and velocities that last made sense.

    A state that is not finite cannot be shown to a network.
    """
    kept = {name: jnp.where(finite, getattr(new, name), getattr(old, name)) for name in _POSE}
    return replace(new, **kept)
