"""The gradient steps of an update: epochs of minibatches over what was played.

A minibatch holds whole environments, all their steps: a policy with memory is run through them in order, one without
is given them as one batch."""

from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int, Key

from kinetix_env.protocols import Policy

from .config import PPOConfig
from .groups import deal
from .losses import LossParts, ppo_loss
from .rollout import Trajectory

__all__ = ["Batch", "judge", "learn", "optimiser"]

T = TypeVar("T")

EPSILON = 1e-8  # of the division by the advantages' standard deviation


class Batch(eqx.Module):
    """What to learn from, [time, env]."""

    carry: Any  # the policy's memory before the first step, [env]
    played: Trajectory
    advantage: Float[Array, "time env"]


def optimiser(config: PPOConfig) -> optax.GradientTransformation:
    """Adam without its learning rate, on gradients of bounded length."""
    return optax.chain(
        optax.clip_by_global_norm(config.max_grad_norm), optax.scale_by_adam(eps=config.adam_eps), optax.scale(-1.0)
    )


def judge(
    policy: Policy, params: Any, carry: Any, obs: Any, begins: Bool[Array, "time env"], action: Any
) -> tuple[Float[Array, " sample"], Float[Array, " sample"], Float[Array, " sample"]]:
    """Log-probabilities of the actions, entropies and expected returns of all steps, as one row."""

    def look(carry: Any, step: tuple[Any, Array, Any]) -> tuple[Any, tuple[Array, Array, Array]]:
        obs, begins, action = step
        carry, distribution, value = policy.apply(params, carry, obs, begins)
        return carry, (distribution.log_prob(action), distribution.entropy(), value)

    steps = (obs, begins, action)
    if jax.tree.leaves(carry):
        log_prob, entropy, value = jax.lax.scan(look, carry, steps)[1]
        return log_prob.reshape(-1), entropy.reshape(-1), value.reshape(-1)
    flat = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), steps)
    return look(policy.initial_carry(begins.size), flat)[1]


def learn(
    config: PPOConfig,
    policy: Policy,
    params: Any,
    opt_state: Any,
    batch: Batch,
    learning_rate: Float[Array, ""],
    keys: Key[Array, " group"],
    axis: str,
) -> tuple[Any, Any, dict[str, Array]]:
    """All gradient steps of an update: parameters, Adam's memory, and the means of the losses' parts.

    The environments are some groups, one after the other, and each minibatch has as many of each. A group is dealt
    with a key of its own: it is dealt in the same way wherever it lies.
    """
    adam = optimiser(config)

    def loss(params: Any, batch: Batch) -> tuple[Array, LossParts]:
        old = batch.played
        log_prob, entropy, value = judge(policy, params, batch.carry, old.obs, old.begins, old.action)
        flat = {name: getattr(old, name).reshape(-1) for name in ("log_prob", "value")}
        advantage = batch.advantage.reshape(-1)
        target = advantage + flat["value"]
        if config.normalize_advantages:
            advantage = _normalized(advantage, axis)
        return ppo_loss(config, log_prob, flat["log_prob"], entropy, value, flat["value"], advantage, target)

    def improve(learnt: tuple[Any, Any], envs: Array) -> tuple[tuple[Any, Any], tuple[LossParts, Array]]:
        params, opt_state = learnt
        gradient, parts = jax.grad(loss, has_aux=True)(params, _of_envs(batch, envs))
        gradient = _mean_of_devices(gradient, axis)
        with jax.numpy_dtype_promotion("standard"):  # Optax mixes types, which whoever uses JAX strictly forbids
            change, opt_state = adam.update(gradient, opt_state, params)
        params = jax.tree.map(lambda p, c: p + (learning_rate * c).astype(p.dtype), params, change)
        return (params, opt_state), (parts, optax.tree.norm(gradient))

    def epoch(learnt: tuple[Any, Any], keys: Key[Array, " group"]) -> tuple[tuple[Any, Any], tuple[LossParts, Array]]:
        return jax.lax.scan(improve, learnt, deal(keys, batch.advantage.shape[1], config.minibatches))

    epochs = jax.vmap(lambda key: jax.random.split(key, config.epochs), out_axes=1)(keys)
    learnt, (parts, norm) = jax.lax.scan(epoch, (params, opt_state), epochs)
    told = {name: _mean_of_devices(getattr(parts, name).mean(), axis) for name in LossParts.__dataclass_fields__}
    return *learnt, {**told, "grad_norm": norm.mean()}


def _mean_of_devices(tree: T, axis: str) -> T:
    mean: T = jax.lax.pmean(tree, axis)  # type: ignore[no-untyped-call]
    return mean


def _normalized(advantage: Float[Array, " sample"], axis: str) -> Float[Array, " sample"]:
    """To mean 0 and standard deviation 1 over the minibatches of all devices together."""
    mean = _mean_of_devices(advantage.mean(), axis)
    variance = _mean_of_devices(jnp.square(advantage - mean).mean(), axis)
    normal: Array = (advantage - mean) / (jnp.sqrt(variance) + EPSILON)
    return normal


def _of_envs(batch: Batch, envs: Int[Array, " env"]) -> Batch:
    """Some environments of a batch, all their steps."""
    played, advantage = jax.tree.map(lambda leaf: leaf[:, envs], (batch.played, batch.advantage))
    return Batch(carry=jax.tree.map(lambda leaf: leaf[envs], batch.carry), played=played, advantage=advantage)
