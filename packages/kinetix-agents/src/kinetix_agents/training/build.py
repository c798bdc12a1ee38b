"""Builds environment, policy and trainer from a run's configuration."""

from collections.abc import Sequence
from typing import Any

import jax

from kinetix_env import KinetixEnv, empty_level, make
from kinetix_env.plugins import registry
from kinetix_env.protocols import ObservationConfig, Policy, PolicyConfig, RewardConfig

from ..ppo import PPO
from ..ppo.groups import Groups
from ..ppo.ppo import device_mesh
from .config import RunConfig

__all__ = ["build_env", "build_policy", "build_ppo", "observation_config", "observation_of"]


def build_env(config: RunConfig, reward: RewardConfig | None = None) -> KinetixEnv:
    """The environment that the policy is made for, with the run's reward or another one."""
    return make(
        config.environment,
        observation=observation_config(config.policy, config.observation),
        action=config.action_space,
        reward=config.reward if reward is None else reward,
    )


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
    return config.build(observation_of(env), env.action_space)


def build_ppo(config: RunConfig, devices: Sequence[jax.Device] | None = None) -> PPO:
    """The trainer of a run, on some devices or all."""
    mesh = device_mesh(devices)
    config.ppo.check_devices(mesh.size)
    env = build_env(config)
    generator = config.generator.build(env.engine.capacity)
    curriculum = config.curriculum.build(generator, Groups(config.ppo, mesh).size)
    return PPO(config.ppo, env, build_policy(config.policy, env), curriculum, mesh)
