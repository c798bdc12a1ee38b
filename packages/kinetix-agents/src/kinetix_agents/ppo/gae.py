"""Generalised advantage estimates (arXiv:1506.02438).

    delta_t = r_t + gamma V(s_{t+1}) - V(s_t)           A_t = delta_t + gamma lambda A_{t+1}

An episode that was solved or failed has no next state. One that ran out of time has: its last reward is given
`gamma V` of the state it was cut off in before this is called, as if the rest had been gained at once (Pardo et al.,
arXiv:1712.00378)."""

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
    """The advantage of each step. `last_value` is that of the state after the last step."""
    following = jnp.concatenate([values[1:], last_value[None]])
    goes_on = 1.0 - dones.astype(jnp.float32)
    delta = rewards + discount * following * goes_on - values

    def back(ahead: Float[Array, " env"], step: tuple[Array, Array]) -> tuple[Array, Array]:
        here, going = step
        advantage = here + discount * gae_lambda * going * ahead
        return advantage, advantage

    return jax.lax.scan(back, jnp.zeros_like(last_value), (delta, goes_on), reverse=True)[1]
