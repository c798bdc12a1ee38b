"""Agents to evaluate: that of a run, or an untrained policy by its name, and the environment to evaluate them in."""

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

__all__ = ["EvalAgent", "EvalSetup", "find_agent"]

SCHEME = "policy:"


@dataclass(frozen=True, kw_only=True, eq=False)
class EvalSetup:
    """An environment, and the policy and parameters to evaluate in it."""

    environment: str
    env: KinetixEnv
    policy: Policy
    params: Any


@dataclass(frozen=True, kw_only=True, eq=False)
class EvalAgent:
    """A policy to evaluate, with its parameters and the environment that it was trained in."""

    label: str
    policy: PolicyConfig
    action_space: ActionSpaceConfig
    environment: str | None = None  # where it was trained; None if it was not
    settings: Mapping[str, Any] = field(default_factory=dict)  # of the environment: frame_skip, horizon
    params: Any = None  # None draws them
    observation: ObservationConfig | None = None  # what the policy reads, if not with its default settings

    @classmethod
    def of(cls, agent: Agent, label: str) -> "EvalAgent":
        """Return the evaluation of an agent under a label."""
        return cls(
            label=label,
            policy=agent.policy,
            action_space=agent.action_space,
            environment=agent.environment,
            settings=agent.settings,
            params=agent.params,
            observation=agent.observation,
        )

    def set_up(self, sets: Sequence[LevelSet], key: PRNGKeyArray, environment: str | None = None) -> EvalSetup:
        """Set up the environment to play levels in: the smallest of S, M and L that fits all, unless one is given.

        A network whose parameters depend on the size of the environment can only play where it was trained. Raises
        `LevelError` if a level does not fit, and `ConfigError` if the network does not.
        """
        setup = self._setup(self._suitable(sets, key) if environment is None else environment, key)
        check_fit(sets, setup.env.engine.capacity, setup.environment)
        if not self._can_play(setup):
            raise ConfigError(
                f"{self.label}: the policy {self.policy.name!r} was trained in {self.environment} and has parameters "
                f"of other shapes in {setup.environment}; it can only play levels that fit {self.environment}."
            )
        return setup

    def _suitable(self, sets: Sequence[LevelSet], key: PRNGKeyArray) -> str:
        """Return the environment to play in: the smallest that fits if the network can, else that of its training."""
        home = self.environment
        if home is None or not all_fit(sets, self._env(home).engine.capacity):
            return smallest_environment(sets)
        if not all_fit(sets, SIZES["l"]):  # a plugin's environment may be larger than L
            return home
        small = smallest_environment(sets)
        return small if self._can_play(self._setup(small, key)) else home

    def _env(self, environment: str) -> KinetixEnv:
        return make(
            environment,
            observation=observation_config(self.policy, self.observation),
            action=self.action_space,
            reward="sparse",
            **self.settings,
        )

    def _setup(self, environment: str, key: PRNGKeyArray) -> EvalSetup:
        env = self._env(environment)
        policy = build_policy(self.policy, env)
        params = jax.jit(lambda key: policy.init(key))(key) if self.params is None else self.params
        return EvalSetup(environment=environment, env=env, policy=policy, params=params)

    def _can_play(self, setup: EvalSetup) -> bool:
        """Return whether the parameters have the shapes that the network needs here."""
        takes = jax.eval_shape(setup.policy.init, jax.random.key(0))
        return parameter_shapes(takes) == parameter_shapes(setup.params)


def find_agent(reference: str) -> EvalAgent:
    """Return the agent of a run's folder, or for `policy:NAME` an untrained policy."""
    if reference.startswith(SCHEME):
        config = registry().get("policies", reference.removeprefix(SCHEME))()
        return EvalAgent(label=reference.removeprefix(SCHEME), policy=config, action_space=MultiDiscrete())
    return EvalAgent.of(load_agent(Path(reference)), reference)
