"""An agent: a policy with what it has learnt, and the environment that it was trained in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax

from kinetix_env import KinetixEnv
from kinetix_env.environments import make
from kinetix_env.errors import ConfigError
from kinetix_env.protocols import ActionSpaceConfig, ObservationConfig, Policy, PolicyConfig

from .training.build import build_policy, observation_config
from .training.checkpoints import Checkpoints
from .training.config import RunConfig, read_config
from .training.run import CHECKPOINTS, CONFIG

__all__ = ["Agent", "agent_of", "load_agent", "run_config"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Agent:
    """A trained policy."""

    environment: str  # its name, such as "kinetix-s"
    settings: dict[str, Any]  # of the environment: frame_skip, horizon
    policy: PolicyConfig
    action_space: ActionSpaceConfig
    params: Any
    observation: ObservationConfig | None = None  # what the policy reads, if not with its default settings

    def make_env(self, name: str | None = None) -> KinetixEnv:
        """Its environment, or another one with the same settings, with the sparse reward."""
        return make(
            self.environment if name is None else name,
            observation=observation_config(self.policy, self.observation),
            action=self.action_space,
            reward="sparse",
            **self.settings,
        )

    def make_policy(self, env: KinetixEnv) -> Policy:
        """Its policy in an environment."""
        return build_policy(self.policy, env)


def agent_of(config: RunConfig, params: Any) -> Agent:
    """The agent of a run with these parameters."""
    environment = config.environment
    return Agent(
        environment=environment.name,
        settings={name: getattr(environment, name) for name in ("frame_skip", "horizon")},
        policy=config.policy,
        action_space=config.action_space,
        params=params,
        observation=config.observation,
    )


def run_config(folder: Path) -> RunConfig:
    """The configuration of a run's folder; of a published agent's, one to go on with."""
    from .published import is_published, published_run

    return published_run(folder) if is_published(folder) else read_config(folder / CONFIG)


def load_agent(run_folder: Path) -> Agent:
    """The agent of a run's folder, from its latest checkpoint that can be read; or a published agent."""
    from .published import is_published, load_published

    if is_published(run_folder):
        return load_published(run_folder)
    if not (run_folder / CONFIG).is_file():
        raise ConfigError(f"{run_folder}: is not the folder of a run: there is no {CONFIG} in it.")
    config = read_config(run_folder / CONFIG)
    agent = agent_of(config, None)
    policy = agent.make_policy(agent.make_env())
    checkpoints = Checkpoints(run_folder / CHECKPOINTS, read_only=True)
    try:
        _, params = checkpoints.restore_params(jax.eval_shape(policy.init, jax.random.key(0)))
    finally:
        checkpoints.close()
    return agent_of(config, params)
