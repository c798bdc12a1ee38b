"""Environments that go on: a new level for each finished episode, and what the episodes came to."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from jax2d.batching import default_settings

from .env import Info, KinetixEnv
from .env_state import EnvState
from .protocols import ActionSpace, LevelSource
from .replace_rows import replace_done

__all__ = ["AutoReset", "EpisodeInfo", "EpisodeState", "EpisodeStats"]


class AutoReset(eqx.Module):
    """Starts the next episode in the step that ends one, on a level that `source` gives for the step's key.

    Reward, done and info are those of the step that ended; observation and state are those of the new start.
    """

    env: KinetixEnv
    source: LevelSource

    @property
    def action_space(self) -> ActionSpace:
        """What an agent may do."""
        return self.env.action_space

    @default_settings
    def reset(self, key: PRNGKeyArray) -> tuple[Any, EnvState]:
        """Start an episode on a level of the source."""
        return self.env.reset(key, self.source.sample(key))

    @default_settings
    def step(
        self, key: PRNGKeyArray, state: EnvState, action: Any
    ) -> tuple[Any, EnvState, Float[Array, ""], Bool[Array, ""], Info]:
        """As `KinetixEnv.step`, and on with another level where it is done."""
        state, reward, info = self.env.advance(state, action)
        done = state.done
        state = replace_done(lambda source, key: self.env.start(source.sample(key)), self.source, done, key, state)
        return self.env.observation(state), state, reward, done, info


class EpisodeState(eqx.Module):
    """An environment's state and what its episode has come to so far."""

    inner: EnvState
    episode_return: Float[Array, ""]  # sum of the rewards
    episode_length: Int[Array, ""]  # environment steps


class EpisodeInfo(eqx.Module):
    """The info of a step, with the return and the length of the episode up to and including it."""

    step: Info
    episode_return: Float[Array, ""]
    episode_length: Int[Array, ""]


class EpisodeStats(eqx.Module):
    """Adds up rewards and steps of each episode; where `done` is true, info has those of the whole episode.

    An episode that has ended and is stepped all the same keeps its return and length, until `reset`.
    """

    env: Any  # an environment, or `AutoReset` of one

    @property
    def action_space(self) -> ActionSpace:
        """What an agent may do."""
        space: ActionSpace = self.env.action_space
        return space

    @default_settings
    def reset(self, key: PRNGKeyArray, *level: Any) -> tuple[Any, EpisodeState]:
        """Start an episode; takes what the environment's own reset takes."""
        obs, state = self.env.reset(key, *level)
        return obs, EpisodeState(state, jnp.zeros(()), jnp.zeros((), jnp.int32))

    @default_settings
    def step(
        self, key: PRNGKeyArray, state: EpisodeState, action: Any
    ) -> tuple[Any, EpisodeState, Float[Array, ""], Bool[Array, ""], EpisodeInfo]:
        """As the environment's own step."""
        obs, inner, reward, done, info = self.env.step(key, state.inner, action)
        going = ~state.inner.done
        total = state.episode_return + jnp.where(going, reward, 0.0)
        length = state.episode_length + going.astype(jnp.int32)
        found = EpisodeInfo(step=info, episode_return=total, episode_length=length)
        # where the environment starts anew by itself, so do the sums; a finished one stays finished otherwise
        begins = done & ~inner.done
        state = EpisodeState(inner, jnp.where(begins, 0.0, total), jnp.where(begins, 0, length))
        return obs, state, reward, done, found
