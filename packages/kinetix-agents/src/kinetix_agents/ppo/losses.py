"""The loss of PPO (arXiv:1707.06347, equation 9), with a clipped value loss as in its reference code."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .config import PPOConfig

__all__ = ["LossParts", "ppo_loss"]


class LossParts(eqx.Module):
    """The terms of the loss, and how far the policy has moved from the one that played the rollout."""

    policy_loss: Float[Array, ""]
    value_loss: Float[Array, ""]
    entropy: Float[Array, ""]  # nats
    approx_kl: Float[Array, ""]  # nats, estimated as mean(r - 1 - log r)
    clip_fraction: Float[Array, ""]  # fraction of samples whose probability ratio lies outside the clip range


def ppo_loss(
    config: PPOConfig,
    log_prob: Float[Array, " sample"],
    old_log_prob: Float[Array, " sample"],
    entropy: Float[Array, " sample"],
    value: Float[Array, " sample"],
    old_value: Float[Array, " sample"],
    advantage: Float[Array, " sample"],
    target: Float[Array, " sample"],
) -> tuple[Float[Array, ""], LossParts]:
    """Return the loss to minimise and its terms. `advantage` is already normalised; `target` is that of the value."""
    log_ratio = log_prob - old_log_prob
    ratio = jnp.exp(log_ratio)
    clipped_ratio = jnp.clip(ratio, 1 - config.clip, 1 + config.clip)
    policy_loss = -jnp.minimum(ratio * advantage, clipped_ratio * advantage).mean()
    error = jnp.square(value - target)
    if config.clip_value:
        clipped_value = old_value + jnp.clip(value - old_value, -config.clip, config.clip)
        error = jnp.maximum(error, jnp.square(clipped_value - target))
    parts = LossParts(
        policy_loss=policy_loss,
        value_loss=0.5 * error.mean(),
        entropy=entropy.mean(),
        approx_kl=(ratio - 1 - log_ratio).mean(),
        clip_fraction=(jnp.abs(ratio - 1) > config.clip).astype(jnp.float32).mean(),
    )
    loss = parts.policy_loss + config.value_weight * parts.value_loss - config.entropy_weight * parts.entropy
    return loss, parts
