"""An agent: a policy with what it has learnt, and the environment that it was trained in. It plays levels, is evaluated
on them, and chooses actions for environments that others step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jax

from kinetix_env import KinetixEnv, Level
from kinetix_env.environments import like, make
from kinetix_env.errors import ConfigError
from kinetix_env.levels import NamedLevel
from kinetix_env.play import Recording
from kinetix_env.plugins import registry
from kinetix_env.protocols import ActionSpaceConfig, EnvironmentConfig, ObservationConfig, Policy, PolicyConfig
from kinetix_env.task import MultiDiscrete

from .actor import Actor
from .evaluation.agents import EvalAgent
from .evaluation.level_sets import Levels, sets_of, the_level
from .evaluation.play import evaluate_sets, play_level
from .evaluation.tables import EvaluationTable
from .policies.build import build_policy, observation_config
from .policies.network import count_parameters
from .ppo.state import first_keys
from .published import is_published, read_published
from .training.build import build_env
from .training.config import RunConfig
from .training.facts import read_facts
from .training.folder import CONFIG, read_params, read_run
from .training.kept import start_params
from .training.loop import run_keys

__all__ = [
    "Agent",
    "agent_of",
    "find_agent",
    "first_params",
    "load_agent",
    "load_params",
    "load_published",
    "run_config",
]

UNTRAINED = "policy:"  # before the name of a policy


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Agent:
    """A trained policy."""

    environment: EnvironmentConfig  # where it was trained
    policy: PolicyConfig
    action_space: ActionSpaceConfig
    params: Any
    observation: ObservationConfig | None = None  # what the policy reads; None is the policy's default
    name: str = "agent"  # in tables and pictures

    def evaluate(
        self,
        levels: Levels,
        *,
        attempts: int = 16,
        greedy: bool = False,
        seed: int = 0,
        count: int | None = None,
        environment: str | None = None,
        batch: int | None = None,
        devices: Sequence[jax.Device] | None = None,
    ) -> EvaluationTable:
        """Play levels, `attempts` episodes each, and return success rates with standard errors over levels.

        `levels` is a reference such as "suite:s", "held-out:m", "random:l" or a path, a `NamedLevel`, or a sequence of
        these; each reference is a set of its own. Actions are sampled, or the most likely ones if `greedy`. `count` is
        the number of levels of a random or held-out set, `seed` that of episodes and random levels. The environment is
        the smallest that fits all levels unless one is named. The same arguments give the same episodes.
        """
        sets = sets_of(levels, count=count, seed=seed)
        results = evaluate_sets(
            self.for_evaluation(),
            sets,
            attempts=attempts,
            greedy=greedy,
            seed=seed,
            environment=environment,
            batch=batch,
            devices=devices,
        )
        return EvaluationTable(results=tuple(results))

    def play(self, level: str | Path | NamedLevel | Level, *, greedy: bool = False, seed: int = 0) -> Recording:
        """Play one episode of a level: a recording, which shows itself in a notebook and becomes a film.

        `level` is a reference to one level, such as "suite:s/hover" or a file, or a level itself.
        """
        named = the_level(level, seed=seed)
        return play_level(self.for_evaluation(), named, greedy=greedy, seed=seed)

    def act(self, obs: Any, *, greedy: bool = True, seed: int = 0) -> jax.Array:
        """Return the action for one observation, or those for a batch of observations.

        A policy with a memory needs to see whole episodes: use `actor`. `ConfigError` says so, and what does not fit.
        """
        actor = self.actor(greedy=greedy, seed=seed)
        if actor.remembers:
            raise ConfigError(
                f"Agent.act: the policy {self.policy.name!r} has a memory: use Agent.actor, which keeps it."
            )
        return actor(obs)

    def actor(self, *, greedy: bool = False, seed: int = 0) -> Actor:
        """Return a callable that chooses actions step by step, and keeps the policy's memory in between."""
        return Actor(self.policy.build, self.make_env(), self.params, greedy=greedy, seed=seed)

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

    def for_evaluation(self, label: str | None = None) -> EvalAgent:
        """The agent as evaluations take it, under a label, by default its name."""
        return EvalAgent(
            label=self.name if label is None else label,
            policy=self.policy,
            action_space=self.action_space,
            environment=self.environment,
            params=self.params,
            observation=self.observation,
        )

    def __repr__(self) -> str:
        count = count_parameters(self.params)
        return f"<Agent {self.name}: {self.policy.name}, {count:,} parameters, trained in {self.environment.name}>"


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


def load_agent(folder: str | Path) -> Agent:
    """Return the agent in the folder of a run, from its latest readable checkpoint; or a published agent."""
    path = Path(folder)
    if is_published(path):
        return load_published(path)
    return replace(agent_of(read_run(path), read_params(path)), name=str(folder))


def load_published(folder: str | Path) -> Agent:
    """Return the agent in a folder with `params.safetensors` and `config.json`. `ConfigError` if they do not fit."""
    return replace(agent_of(*read_published(Path(folder))), name=str(folder))


def find_agent(reference: str) -> EvalAgent:
    """Return the agent of a run's folder, or for `policy:NAME` an untrained policy."""
    if reference.startswith(UNTRAINED):
        config = registry().get("policies", reference.removeprefix(UNTRAINED))()
        return EvalAgent(label=reference.removeprefix(UNTRAINED), policy=config, action_space=MultiDiscrete())
    return load_agent(reference).for_evaluation()


def first_params(config: RunConfig, folder: Path | None = None) -> Any:
    """The parameters of a run's agent before its first update: drawn, or those of the agent of `start_from`.

    `folder` is that of the run, which may hold a copy of the agent that it started from.
    """
    policy = build_policy(config.policy, build_env(config))
    if config.start_from is None:
        return jax.jit(lambda key: policy.init(first_keys(key)[0]))(run_keys(config.seed)[0])
    if folder is None:
        return load_params(Path(config.start_from))
    like = jax.eval_shape(policy.init, jax.random.key(0))
    return start_params(folder, read_facts(folder / CONFIG), config.start_from, like, load_params)
