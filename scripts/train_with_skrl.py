"""Train on Kinetix with a trainer that knows nothing of it: PPO of skrl, on JAX, over the batch of environments.

    pip install ./packages/jax2d './packages/kinetix-env[gym]' 'skrl[jax]'
    python scripts/train_with_skrl.py --steps 2048

A recipe to start from, and a check: what skrl receives of every episode must add up."""

import argparse
import json
import time
from typing import Any

import flax.linen as nn
import gymnasium
import numpy as np
from skrl.agents.jax.ppo import PPO, PPO_CFG
from skrl.envs.wrappers.jax import wrap_env
from skrl.memories.jax import RandomMemory
from skrl.models.jax import DeterministicMixin, Model, MultiCategoricalMixin
from skrl.trainers.jax import SequentialTrainer
from skrl.utils import set_seed

import kinetix_env.gym  # noqa: F401  registers the environments

ROLLOUT = 32  # steps between updates


class Policy(MultiCategoricalMixin, Model):  # type: ignore[misc]
    """Two layers; logits of each motor's and each thruster's choices."""

    def __init__(self, observation_space: Any, action_space: Any, device: Any = None, **rest: Any) -> None:
        """As skrl makes models."""
        Model.__init__(self, observation_space=observation_space, action_space=action_space, device=device, **rest)
        MultiCategoricalMixin.__init__(self)

    @nn.compact
    def __call__(self, inputs: Any, role: str) -> Any:
        """Logits, [env, choice]."""
        x = nn.tanh(nn.Dense(128)(inputs["observations"]))
        x = nn.tanh(nn.Dense(128)(x))
        return nn.Dense(int(self.action_space.nvec.sum()))(x), {}


class Value(DeterministicMixin, Model):  # type: ignore[misc]
    """Two layers; what the agent expects to gain."""

    def __init__(self, observation_space: Any, action_space: Any, device: Any = None, **rest: Any) -> None:
        """As skrl makes models."""
        Model.__init__(self, observation_space=observation_space, action_space=action_space, device=device, **rest)
        DeterministicMixin.__init__(self)

    @nn.compact
    def __call__(self, inputs: Any, role: str) -> Any:
        """Values, [env, 1]."""
        x = nn.tanh(nn.Dense(128)(inputs["observations"]))
        x = nn.tanh(nn.Dense(128)(x))
        return nn.Dense(1)(x), {}


class Tally(gymnasium.vector.VectorWrapper):
    """Counts how the episodes ended, from what the trainer receives."""

    def __init__(self, envs: Any) -> None:
        """Count nothing yet."""
        super().__init__(envs)
        self.count = dict.fromkeys(("steps", "episodes", "solved", "failed", "truncated", "length"), 0)
        self.total_return = 0.0

    def step(self, actions: Any) -> Any:
        """One step of each environment."""
        transition = self.env.step(actions)
        _, _, terminated, truncated, info = transition
        over = terminated | truncated
        self.count["steps"] += len(over)
        if over.any():
            for name in ("solved", "failed"):
                self.count[name] += int(info["final_info"][name].sum())
            self.count["truncated"] += int(truncated.sum())
            self.count["episodes"] += int(over.sum())
            self.count["length"] += int(info["episode"]["l"][over].sum())
            self.total_return += float(info["episode"]["r"][over].sum())
        return transition


def train(steps: int, num_envs: int, levels: str, seed: int) -> dict[str, Any]:
    """Train for some steps of every environment; what came of it."""
    set_seed(seed)
    envs = gymnasium.make_vec("kinetix/S-v0", num_envs=num_envs, levels=levels, autoreset_mode="SameStep")
    tally = Tally(gymnasium.wrappers.vector.RecordEpisodeStatistics(envs))
    env = wrap_env(tally, wrapper="gymnasium", verbose=False)
    models = {"policy": Policy(env.observation_space, env.action_space, env.device)}
    models["value"] = Value(env.observation_space, env.action_space, env.device)
    for role, model in models.items():
        model.init_state_dict(role=role)
    before = parameters(models["policy"])
    settings = PPO_CFG(rollouts=ROLLOUT, learning_epochs=4, mini_batches=4, learning_rate=3e-4, discount_factor=0.995)
    settings.experiment.write_interval = settings.experiment.checkpoint_interval = 0
    agent = PPO(
        models=models,
        memory=RandomMemory(memory_size=ROLLOUT, num_envs=num_envs, device=env.device),
        cfg=settings,
        observation_space=env.observation_space,
        action_space=env.action_space,
        device=env.device,
    )
    trainer = SequentialTrainer(
        cfg={"timesteps": steps, "headless": True, "disable_progressbar": True}, env=env, agents=agent
    )
    start = time.perf_counter()
    trainer.train()
    return {
        **tally.count,
        "return": tally.total_return,
        "seconds": time.perf_counter() - start,
        "moved": float(np.abs(parameters(models["policy"]) - before).max()),
    }


def parameters(model: Any) -> np.ndarray:
    """All parameters of a model in a row."""
    import jax

    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(model.state_dict.params)])


def main() -> None:
    """Train and print what came of it, as JSON."""
    parser = argparse.ArgumentParser(description="Train by skrl's PPO on Kinetix levels of size S.")
    parser.add_argument("--steps", type=int, default=2048, help="steps of every environment")
    parser.add_argument("--envs", type=int, default=64, help="environments that run as one batch")
    parser.add_argument("--levels", default="random", help="what to play: random, suite:s, a path")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(json.dumps(train(given.steps, given.envs, given.levels, given.seed)))


if __name__ == "__main__":
    main()
