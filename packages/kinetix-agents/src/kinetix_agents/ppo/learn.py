"""The gradient steps of an update: epochs of minibatches over a rollout.

A minibatch holds all steps of some environments: a recurrent policy is scanned over them in order, a feed-forward
policy is applied to them as one batch."""

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

__all__ = ["Batch", "evaluate_actions", "learn", "optimiser"]

T = TypeVar("T")

EPSILON = 1e-8  # added to the standard deviation that advantages are divided by


class Batch(eqx.Module):
    """A rollout and its advantages, [time, env]."""

    carry: Any  # the policy's carry before the first step, [env]
    played: Trajectory
    advantage: Float[Array, "time env"]


def optimiser(config: PPOConfig) -> optax.GradientTransformation:
    """Return Adam without a learning rate, after global-norm clipping."""
    return optax.chain(
        optax.clip_by_global_norm(config.max_grad_norm), optax.scale_by_adam(eps=config.adam_eps), optax.scale(-1.0)
    )


def evaluate_actions(
    policy: Policy, params: Any, carry: Any, obs: Any, is_first: Bool[Array, "time env"], action: Any
) -> tuple[Float[Array, " sample"], Float[Array, " sample"], Float[Array, " sample"]]:
    """Return log-probabilities of the actions, entropies and values of all steps, flattened to [time x env]."""

    def apply(carry: Any, step: tuple[Any, Array, Any]) -> tuple[Any, tuple[Array, Array, Array]]:
        obs, is_first, action = step
        carry, distribution, value = policy.apply(params, carry, obs, is_first)
        return carry, (distribution.log_prob(action), distribution.entropy(), value)

    steps = (obs, is_first, action)
    if jax.tree.leaves(carry):
        log_prob, entropy, value = jax.lax.scan(apply, carry, steps)[1]
        return log_prob.reshape(-1), entropy.reshape(-1), value.reshape(-1)
    flat = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), steps)
    return apply(policy.initial_carry(is_first.size), flat)[1]


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
    """Take all gradient steps of an update; return parameters, optimiser state, and means of the loss metrics.

    The environments of each group are contiguous, and each minibatch takes equally many of each group. Each group is
    shuffled with its own key, so the result does not depend on the device it is on.
    """
    adam = optimiser(config)

    def loss(params: Any, batch: Batch) -> tuple[Array, LossParts]:
        old = batch.played
        log_prob, entropy, value = evaluate_actions(policy, params, batch.carry, old.obs, old.is_first, old.action)
        flat = {name: getattr(old, name).reshape(-1) for name in ("log_prob", "value")}
        advantage = batch.advantage.reshape(-1)
        target = advantage + flat["value"]
        if config.normalize_advantages:
            advantage = _normalized(advantage, axis)
        return ppo_loss(config, log_prob, flat["log_prob"], entropy, value, flat["value"], advantage, target)

    def gradient_step(learner: tuple[Any, Any], envs: Array) -> tuple[tuple[Any, Any], tuple[LossParts, Array]]:
        params, opt_state = learner
        gradient, parts = jax.grad(loss, has_aux=True)(params, _of_envs(batch, envs))
        gradient = _mean_of_devices(gradient, axis)
        with jax.numpy_dtype_promotion("standard"):  # Optax mixes dtypes, which strict promotion forbids
            change, opt_state = adam.update(gradient, opt_state, params)
        params = jax.tree.map(lambda p, c: p + (learning_rate * c).astype(p.dtype), params, change)
        return (params, opt_state), (parts, optax.tree.norm(gradient))

    def epoch(learner: tuple[Any, Any], keys: Key[Array, " group"]) -> tuple[tuple[Any, Any], tuple[LossParts, Array]]:
        return jax.lax.scan(gradient_step, learner, deal(keys, batch.advantage.shape[1], config.minibatches))

    epochs = jax.vmap(lambda key: jax.random.split(key, config.epochs), out_axes=1)(keys)
    learner, (parts, norm) = jax.lax.scan(epoch, (params, opt_state), epochs)
    metrics = {name: _mean_of_devices(getattr(parts, name).mean(), axis) for name in LossParts.__dataclass_fields__}
    return *learner, {**metrics, "grad_norm": norm.mean()}


def _mean_of_devices(tree: T, axis: str) -> T:
    mean: T = jax.lax.pmean(tree, axis)  # type: ignore[no-untyped-call]
    return mean


def _normalized(advantage: Float[Array, " sample"], axis: str) -> Float[Array, " sample"]:
    """Normalise to mean 0 and standard deviation 1 over the minibatches of all devices together."""
    mean = _mean_of_devices(advantage.mean(), axis)
    variance = _mean_of_devices(jnp.square(advantage - mean).mean(), axis)
    normal: Array = (advantage - mean) / (jnp.sqrt(variance) + EPSILON)
    return normal


def _of_envs(batch: Batch, envs: Int[Array, " env"]) -> Batch:
    """Select environments of a batch, with all their steps."""
    played, advantage = jax.tree.map(lambda leaf: leaf[:, envs], (batch.played, batch.advantage))
    return Batch(carry=jax.tree.map(lambda leaf: leaf[envs], batch.carry), played=played, advantage=advantage)
