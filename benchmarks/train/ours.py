"""Our parts to train, through their public API: the published networks written anew, our PPO, our own recipe.

Against the published parts ours plays as they do: the published dense reward, with 0.2 a metre, and the published
hyperparameters of PPO; an environment goes on with a level of its own."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.env.task import Step, Tree
from benchmarks.train.job import Recipe
from benchmarks.train.networks import NETWORKS
from benchmarks.train.side import DENSE, Side
from kinetix_agents.policies.build import build_policy
from kinetix_agents.ppo import PPO, PPOConfig
from kinetix_agents.ppo.ppo import device_mesh
from kinetix_env import KinetixEnv, Level, LevelPool, make
from kinetix_env.observations import Entities
from kinetix_env.protocols import Policy
from kinetix_env.sources import ListedLevels
from kinetix_env.task import Published, replace_done

__all__ = ["Parts", "converted", "parts", "published_outputs", "side", "trainer"]


@dataclass(frozen=True)
class Parts:
    """An environment and a published network for it."""

    env: KinetixEnv
    policy: Policy


def parts(size: str, network: str) -> Parts:
    """Our environment of a size, as the published training has it, and a published network."""
    env = make(f"kinetix-{size}", reward=Published(scale=DENSE))
    return Parts(env, build_policy(NETWORKS[network].config, env))


def trainer(given: Parts, recipe: Recipe, levels: Level, devices: int) -> PPO:
    """PPO by the published hyperparameters, each environment with a level of its own."""
    config = PPOConfig(**recipe, anneal=False)
    # environment i of a device plays level i again and again: a device has a whole multiple of the levels
    curriculum = ListedLevels(LevelPool(levels), config.envs // devices)
    return PPO(config, given.env, given.policy, curriculum, device_mesh(jax.devices()[:devices]))


def side(given: Parts) -> Side:
    """The same environment and network as functions of a batch, to time the parts."""
    env, policy = given.env, given.policy

    def apply(weights: Tree, obs: Tree) -> tuple[Any, jax.Array]:
        _, distribution, value = policy.apply(weights, (), obs, jnp.zeros(len(obs.polygons), bool))
        return distribution, value

    def start(own: Tree) -> tuple[Tree, Tree]:
        state = jax.vmap(env.start)(own)
        return jax.vmap(env.observation)(state), state

    def step(own: Tree, keys: jax.Array, state: Tree, chosen: jax.Array) -> Step:
        del keys
        state, reward, info = jax.vmap(env.advance)(state, chosen)
        done = state.done

        def begin(levels: Level, row: jax.Array) -> Any:
            return env.start(jax.tree.map(lambda leaf: leaf[row], levels))

        def again(done: jax.Array, row: jax.Array, state: Any) -> Any:
            return replace_done(begin, own, done, row, state)

        state = jax.vmap(again)(done, jnp.arange(len(done)), state)
        return jax.vmap(env.observation)(state), state, reward, done, info.solved

    def act(weights: Tree, obs: Tree, key: jax.Array) -> tuple[jax.Array, ...]:
        distribution, value = apply(weights, obs)
        chosen = distribution.sample(key)
        return chosen, distribution.log_prob(chosen), value

    def judge(weights: Tree, obs: Tree, chosen: jax.Array) -> tuple[jax.Array, ...]:
        distribution, value = apply(weights, obs)
        return distribution.log_prob(chosen), distribution.entropy(), value

    def numbers(weights: Tree, obs: Tree) -> tuple[jax.Array, jax.Array]:
        distribution, value = apply(weights, obs)
        ends = np.cumsum(distribution.choices)[:-1].tolist()
        parts = jnp.split(distribution.logits, ends, axis=-1)
        return jnp.concatenate([jax.nn.log_softmax(part) for part in parts], axis=-1), value  # as distrax has them

    return Side(start=start, step=step, init=policy.init, act=act, judge=judge, numbers=numbers)


def published_outputs(file: str) -> tuple[Entities, np.ndarray, np.ndarray]:
    """What the published network saw, and its logits and values."""
    with np.load(file) as arrays:
        seen = {name.removeprefix("obs/"): jnp.asarray(arrays[name]) for name in arrays.files if name[:4] == "obs/"}
        return Entities(**seen), arrays["logits"], arrays["values"]


def converted(file: str, network: str) -> Tree:
    """The published parameters in a file as those of our network."""
    with np.load(file) as arrays:
        weights = {name: arrays[name] for name in arrays.files if name.startswith("params/")}
    return jax.tree.map(jnp.asarray, NETWORKS[network].convert(weights))
