"""The published parts to train: environment and networks of kinetix-env 3.0.2; see peer_worker.py.

Settings of its training: frame skip 2, entity observation, multi-discrete actions, dense reward 0.2 a metre. An
environment goes on with a level of its own (`override_reset_state`). Networks as its configuration has them, without
recurrence: the permutation-invariant set network (encoders of width 64, embedding 256) and the transformer (2 layers,
width 128, 8 heads), both with 5 x 128 for actor and critic and tanh.

Its package has another name than ours, but its engine has that of ours, hence the imports by name."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

from importlib import import_module
from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.env.task import Step, Tree
from benchmarks.train.side import DENSE, Side

__all__ = ["NETWORKS", "side"]

environment, models = (import_module(f"kinetix.{name}") for name in ("environment", "models"))

_COMMON = {
    "action_type": environment.ActionType.MULTI_DISCRETE,
    "observation_type": environment.ObservationType.SYMBOLIC_ENTITY,
    "static_env_params": {"num_motor_bindings": 4, "num_thruster_bindings": 2},
    "recurrent_model": False,
    "activation": "tanh",
    "actor_width": 128,
    "critic_width": 128,
    "actor_depth": 5,
    "critic_depth": 5,
    "num_heads": 8,
}
NETWORKS: dict[str, dict[str, Any]] = {
    "set": {
        "permutation_invariant_mlp": True,
        "symbolic_embedding_dim": 256,
        "encoder_size": 64,
        "separate_actor_critic": False,
    },
    "transformer": {
        "permutation_invariant_mlp": False,
        "transformer_depth": 2,
        "transformer_size": 16,
        "transformer_encoder_size": 128,
        "full_attention_mask": False,
        "aggregate_mode": "dummy_and_mean",
        "transformer_ffn": False,
        "multilayer_joint_thruster_mixing": False,
        "joint_thruster_block_num_layers": 2,
        "joint_thruster_block_hidden_dim_multiplication": 4,
        "dropout_prob": 0.0,
    },
}


def side(size: str, network: str) -> Side:
    """The published environment of a size with one of the published networks."""
    params = environment.EnvParams().replace(dense_reward_scale=DENSE)
    static = environment.static_env_params_from_size(size)
    action, observation = _COMMON["action_type"], _COMMON["observation_type"]
    env = environment.make_kinetix_env(action, observation, None, params, static)
    net = models.make_network_from_config(env, params, {**_COMMON, **NETWORKS[network]}, {})

    def apply(weights: Tree, obs: Tree) -> tuple[Any, jax.Array]:
        timed = jax.tree.map(lambda leaf: leaf[None], obs)  # its networks take [time, environment]
        _, distribution, value = net.apply(weights, None, (timed, jnp.zeros(value_shape(obs), bool)))
        return distribution, value[0]

    def value_shape(obs: Tree) -> tuple[int, int]:
        return 1, len(jax.tree.leaves(obs)[0])

    def init(key: jax.Array) -> Tree:
        level = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], environment.create_empty_env(static))
        obs = jax.tree.map(lambda leaf: leaf[None], start(level)[0])
        weights = net.init(key, None, (obs, jnp.zeros((1, 1), bool)))
        return {"params": weights["params"]}  # without what its layers note down

    def start(own: Tree) -> tuple[Tree, Tree]:
        keys = jax.random.split(jax.random.PRNGKey(0), len(jax.tree.leaves(own)[0]))
        observed, state = jax.vmap(env.reset, (0, None, 0))(keys, params, own)
        return observed, state

    def step(own: Tree, keys: jax.Array, state: Tree, chosen: jax.Array) -> Step:
        batched = jax.vmap(env.step, (0, 0, 0, None, 0))
        observed, state, reward, done, info = batched(keys, state, chosen, params, own)
        return observed, state, reward, done, info["GoalR"]

    def act(weights: Tree, obs: Tree, key: jax.Array) -> tuple[jax.Array, ...]:
        distribution, value = apply(weights, obs)
        chosen = distribution.sample(seed=key)
        return chosen[0], distribution.log_prob(chosen)[0], value

    def judge(weights: Tree, obs: Tree, chosen: jax.Array) -> tuple[jax.Array, ...]:
        distribution, value = apply(weights, obs)
        return distribution.log_prob(chosen[None])[0], distribution.entropy()[0], value

    def numbers(weights: Tree, obs: Tree) -> tuple[jax.Array, jax.Array]:
        distribution, value = apply(weights, obs)
        return jnp.concatenate([each.logits[0] for each in distribution.distributions], axis=-1), value

    return Side(start=start, step=step, init=init, act=act, judge=judge, numbers=numbers)
