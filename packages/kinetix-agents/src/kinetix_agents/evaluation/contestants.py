"""Who is evaluated: the agent of a run, or a policy by its name, which then has not learnt anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
from jaxtyping import PRNGKeyArray

from kinetix_env import KinetixEnv, make
from kinetix_env.errors import ConfigError
from kinetix_env.level import SIZES
from kinetix_env.plugins import registry
from kinetix_env.protocols import ActionSpaceConfig, ObservationConfig, Policy, PolicyConfig
from kinetix_env.task import MultiDiscrete

from ..agent import Agent, load_agent
from ..policies.network import parameter_shapes
from ..training.build import build_policy, observation_config
from .level_sets import LevelSet, all_fit, check_fit, smallest_environment

__all__ = ["Arena", "Contestant", "find_contestant"]

SCHEME = "policy:"


@dataclass(frozen=True, kw_only=True, eq=False)
class Arena:
    """An environment, and a policy in it with its parameters."""

    environment: str
    env: KinetixEnv
    policy: Policy
    params: Any


@dataclass(frozen=True, kw_only=True, eq=False)
class Contestant:
    """A policy, what it has learnt, and where."""

    label: str
    policy: PolicyConfig
    action_space: ActionSpaceConfig
    environment: str | None = None  # where it was trained; None if it was not
    settings: Mapping[str, Any] = field(default_factory=dict)  # of the environment: frame_skip, horizon
    params: Any = None  # None draws them
    observation: ObservationConfig | None = None  # what the policy reads, if not with its default settings

    @classmethod
    def of(cls, agent: Agent, label: str) -> "Contestant":
        """An agent under a name."""
        return cls(
            label=label,
            policy=agent.policy,
            action_space=agent.action_space,
            environment=agent.environment,
            settings=agent.settings,
            params=agent.params,
            observation=agent.observation,
        )

    def enter(self, sets: Sequence[LevelSet], key: PRNGKeyArray, environment: str | None = None) -> Arena:
        """The environment to play some levels in: the smallest of S, M and L that holds all, unless one is given.

        A network whose parameters depend on the size of the environment can only play where it was trained; a
        `LevelError` or `ConfigError` tells what does not fit.
        """
        arena = self._arena(self._suitable(sets, key) if environment is None else environment, key)
        check_fit(sets, arena.env.engine.capacity, arena.environment)
        if not self._can_play(arena):
            raise ConfigError(
                f"{self.label}: the policy {self.policy.name!r} was trained in {self.environment} and has parameters "
                f"of other shapes in {arena.environment}; it can only play levels that fit {self.environment}."
            )
        return arena

    def _suitable(self, sets: Sequence[LevelSet], key: PRNGKeyArray) -> str:
        """Where to play: in the smallest environment if the network can, else where it was trained."""
        home = self.environment
        if home is None or not all_fit(sets, self._env(home).engine.capacity):
            return smallest_environment(sets)
        if not all_fit(sets, SIZES["l"]):  # a plugin's environment may be larger than L
            return home
        small = smallest_environment(sets)
        return small if self._can_play(self._arena(small, key)) else home

    def _env(self, environment: str) -> KinetixEnv:
        return make(
            environment,
            observation=observation_config(self.policy, self.observation),
            action=self.action_space,
            reward="sparse",
            **self.settings,
        )

    def _arena(self, environment: str, key: PRNGKeyArray) -> Arena:
        env = self._env(environment)
        policy = build_policy(self.policy, env)
        params = jax.jit(lambda key: policy.init(key))(key) if self.params is None else self.params
        return Arena(environment=environment, env=env, policy=policy, params=params)

    def _can_play(self, arena: Arena) -> bool:
        """Whether the parameters are what the network takes here."""
        takes = jax.eval_shape(arena.policy.init, jax.random.key(0))
        return parameter_shapes(takes) == parameter_shapes(arena.params)


def find_contestant(reference: str) -> Contestant:
    """The agent of a run's folder, or `policy:NAME` for a policy as it is before it learns."""
    if reference.startswith(SCHEME):
        config = registry().get("policies", reference.removeprefix(SCHEME))()
        return Contestant(label=reference.removeprefix(SCHEME), policy=config, action_space=MultiDiscrete())
    return Contestant.of(load_agent(Path(reference)), reference)
