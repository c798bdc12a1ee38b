"""An agent: a policy with what it has learnt, and the environment that it was trained in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax

from kinetix_env import KinetixEnv
from kinetix_env.environments import like, make
from kinetix_env.protocols import ActionSpaceConfig, EnvironmentConfig, ObservationConfig, Policy, PolicyConfig

from .ppo.state import first_keys
from .published import is_published, read_published
from .training.build import build_env, build_policy, observation_config
from .training.config import RunConfig
from .training.folder import read_params, read_run
from .training.loop import run_keys

__all__ = ["Agent", "agent_of", "first_params", "load_agent", "load_params", "load_published", "run_config"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Agent:
    """A trained policy."""

    environment: EnvironmentConfig  # where it was trained
    policy: PolicyConfig
    action_space: ActionSpaceConfig
    params: Any
    observation: ObservationConfig | None = None  # what the policy reads; None is the policy's default

    def make_env(self, name: str | None = None) -> KinetixEnv:
        """Its environment with the sparse reward, or the one of another name with the settings that both have."""
        return make(
            self.environment if name is None else like(self.environment, name),
            observation=observation_config(self.policy, self.observation),
            action=self.action_space,
            reward="sparse",
        )

    def make_policy(self, env: KinetixEnv) -> Policy:
        """Its policy in an environment."""
        return build_policy(self.policy, env)


def agent_of(config: RunConfig, params: Any) -> Agent:
    """The agent of a run with these parameters."""
    return Agent(
        environment=config.environment,
        policy=config.policy,
        action_space=config.action_space,
        params=params,
        observation=config.observation,
    )


def run_config(folder: Path) -> RunConfig:
    """The configuration in the folder of a run; for a published agent, that of a run that goes on with it."""
    return read_published(folder)[0] if is_published(folder) else read_run(folder)


def load_params(folder: Path) -> Any:
    """The parameters in the folder of a run, from its latest readable checkpoint, or of a published agent."""
    return read_published(folder)[1] if is_published(folder) else read_params(folder)


def load_agent(folder: Path) -> Agent:
    """The agent in the folder of a run, from its latest checkpoint that can be read; or a published agent."""
    return load_published(folder) if is_published(folder) else agent_of(read_run(folder), read_params(folder))


def load_published(folder: str | Path) -> Agent:
    """The agent in a folder with `params.safetensors` and `config.json`; `ConfigError` says what does not fit."""
    return agent_of(*read_published(Path(folder)))


def first_params(config: RunConfig) -> Any:
    """The parameters of a run's agent before its first update: drawn, or those of the agent of `start_from`."""
    if config.start_from is not None:
        return load_params(Path(config.start_from))
    policy = build_policy(config.policy, build_env(config))
    return jax.jit(lambda key: policy.init(first_keys(key)[0]))(run_keys(config.seed)[0])
