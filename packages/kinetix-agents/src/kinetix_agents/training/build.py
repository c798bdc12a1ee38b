"""Builds environment and trainer from a run's configuration."""

from collections.abc import Sequence

import jax

from kinetix_env import KinetixEnv, make
from kinetix_env.parts import build_curriculum, build_generator
from kinetix_env.protocols import RewardConfig

from ..policies.build import build_policy, observation_config
from ..ppo import PPO
from ..ppo.groups import Groups
from ..ppo.ppo import device_mesh
from .config import RunConfig

__all__ = ["build_env", "build_ppo"]


def build_env(config: RunConfig, reward: RewardConfig | None = None) -> KinetixEnv:
    """The environment that the policy is made for, with the run's reward or another one."""
    return make(
        config.environment,
        observation=observation_config(config.policy, config.observation),
        action=config.action_space,
        reward=config.reward if reward is None else reward,
    )


def build_ppo(config: RunConfig, devices: Sequence[jax.Device] | None = None) -> PPO:
    """The trainer of a run, on some devices or all."""
    mesh = device_mesh(devices)
    config.ppo.check_devices(mesh.size)
    env = build_env(config)
    generator = build_generator(config.generator, env.engine.capacity)
    curriculum = build_curriculum(config.curriculum, generator, Groups(config.ppo, mesh).size)
    return PPO(config.ppo, env, build_policy(config.policy, env), curriculum, mesh)
