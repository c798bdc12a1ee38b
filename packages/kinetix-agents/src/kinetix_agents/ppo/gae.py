"""Generalised advantage estimation (GAE, arXiv:1506.02438).

    delta_t = r_t + gamma V(s_{t+1}) - V(s_t)           A_t = delta_t + gamma lambda A_{t+1}

A terminated episode (solved or failed) has no next state. A truncated one (out of time) is bootstrapped: before this
is called, `gamma V` of the state in which it was truncated is added to its last reward (Pardo et al.,
arXiv:1712.00378), unless `PPOConfig.bootstrap_timeouts` is off."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

__all__ = ["advantages"]


def advantages(
    rewards: Float[Array, "time env"],
    values: Float[Array, "time env"],
    dones: Bool[Array, "time env"],
    last_value: Float[Array, " env"],
    discount: float,
    gae_lambda: float,
) -> Float[Array, "time env"]:
    """Return the advantage of each step. `last_value` is the value of the state after the last step."""
    next_values = jnp.concatenate([values[1:], last_value[None]])
    not_done = 1.0 - dones.astype(jnp.float32)
    delta = rewards + discount * next_values * not_done - values

    def step_back(next_advantage: Float[Array, " env"], step: tuple[Array, Array]) -> tuple[Array, Array]:
        delta, not_done = step
        advantage = delta + discount * gae_lambda * not_done * next_advantage
        return advantage, advantage

    return jax.lax.scan(step_back, jnp.zeros_like(last_value), (delta, not_done), reverse=True)[1]
