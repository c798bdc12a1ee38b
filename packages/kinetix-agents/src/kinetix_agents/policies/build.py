"""Builds policies for environments, and chooses what they observe."""

from typing import Any

import jax

from kinetix_env import KinetixEnv, empty_level
from kinetix_env.parts import is_foreign, title_of
from kinetix_env.plugins import registry
from kinetix_env.protocols import ObservationConfig, Policy, PolicyConfig

from .check import check_policy

__all__ = ["build_policy", "observation_config", "observation_of"]


def observation_config(policy: PolicyConfig, chosen: ObservationConfig | None = None) -> ObservationConfig:
    """The observation that was chosen for a policy, or its default one.

    Any may be chosen: when the policy is built for the observation's shapes, it refuses those that it cannot read.
    """
    if chosen is not None:
        return chosen
    default: ObservationConfig = registry().observations[policy.observation]()
    return default


def observation_of(env: KinetixEnv) -> Any:
    """Shapes and types of one observation of an environment."""
    return jax.eval_shape(env.reset, jax.random.key(0), empty_level(env.engine.capacity))[0]


def build_policy(config: PolicyConfig, env: KinetixEnv) -> Policy:
    """The policy for an environment."""
    observation = observation_of(env)
    policy = config.build(observation, env.action_space)
    if is_foreign(config):
        check_policy(title_of("policies", config), policy, observation, env.action_space)
    return policy
