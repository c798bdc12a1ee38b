"""A policy to evaluate, trained or not, and the environment to evaluate it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
from jaxtyping import PRNGKeyArray

from kinetix_env import KinetixEnv, make
from kinetix_env.environments import environment_config, like, plays_alike
from kinetix_env.errors import ConfigError
from kinetix_env.level import SIZES
from kinetix_env.protocols import ActionSpaceConfig, EnvironmentConfig, ObservationConfig, Policy, PolicyConfig

from ..policies.build import build_policy, observation_config
from ..policies.network import parameter_shapes
from .level_sets import LevelSet, all_fit, check_fit, smallest_environment

__all__ = ["EvalAgent", "EvalSetup"]

LARGEST = list(SIZES)[-1]


@dataclass(frozen=True, kw_only=True, eq=False)
class EvalSetup:
    """An environment, and the policy and parameters to evaluate in it."""

    environment: EnvironmentConfig
    env: KinetixEnv
    policy: Policy
    params: Any


@dataclass(frozen=True, kw_only=True, eq=False)
class EvalAgent:
    """A policy to evaluate, with its parameters and the environment that it was trained in."""

    label: str
    policy: PolicyConfig
    action_space: ActionSpaceConfig
    environment: EnvironmentConfig | None = None  # where it was trained; None if it was not
    params: Any = None  # None draws them
    observation: ObservationConfig | None = None  # what the policy reads; None is the policy's default

    def set_up(self, sets: Sequence[LevelSet], key: PRNGKeyArray, environment: str | None = None) -> EvalSetup:
        """The environment to play some levels in, with the settings of training.

        Without the name of one it is the smallest of S, M and L that holds all levels, or else the smallest capacity
        that does. It is the environment of training where those are another task or the network cannot play in them:
        one whose parameters depend on the size of the environment can only play where it was trained. A `LevelError`
        or `ConfigError` says what does not fit.
        """
        setup = self._setup(self._suitable(sets, key) if environment is None else self._named(environment), key)
        name = setup.environment.name
        check_fit(sets, setup.env.engine.capacity, name)
        if self.environment is not None and not self._can_play(setup):
            home = self.environment.name
            raise ConfigError(
                f"{self.label}: the policy {self.policy.name!r} was trained in {home} and has parameters of other "
                f"shapes in {name}; it can only play levels that fit {home}."
            )
        return setup

    def _named(self, environment: str) -> EnvironmentConfig:
        if self.environment is not None:
            return like(self.environment, environment)
        return environment_config(environment)

    def _suitable(self, sets: Sequence[LevelSet], key: PRNGKeyArray) -> EnvironmentConfig:
        """Where to play: in the smallest environment if the network can, else where it was trained."""
        home = self.environment
        if home is None:
            return self._named(smallest_environment(sets))
        if not plays_alike(home, self._named(f"kinetix-{LARGEST}")):
            return home
        if not all_fit(sets, self._env(home).engine.capacity):
            return self._named(smallest_environment(sets))
        if not all_fit(sets, SIZES[LARGEST]):  # the environment of training may be larger than L
            return home
        small = self._named(smallest_environment(sets))
        return small if self._can_play(self._setup(small, key)) else home

    def _env(self, environment: EnvironmentConfig) -> KinetixEnv:
        return make(
            environment,
            observation=observation_config(self.policy, self.observation),
            action=self.action_space,
            reward="sparse",
        )

    def _setup(self, environment: EnvironmentConfig, key: PRNGKeyArray) -> EvalSetup:
        env = self._env(environment)
        policy = build_policy(self.policy, env)
        params = jax.jit(lambda key: policy.init(key))(key) if self.params is None else self.params
        return EvalSetup(environment=environment, env=env, policy=policy, params=params)

    def _can_play(self, setup: EvalSetup) -> bool:
        """Return whether the parameters have the shapes that the network needs here."""
        takes = jax.eval_shape(setup.policy.init, jax.random.key(0))
        return parameter_shapes(takes) == parameter_shapes(setup.params)
