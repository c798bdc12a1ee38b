"""Checks a policy of a plugin against its protocol, by the shapes of what it gives for a batch."""

from typing import Any

import jax
import jax.numpy as jnp

from kinetix_env.errors import PluginError
from kinetix_env.parts import check_methods, check_shape
from kinetix_env.protocols import ActionSpace, Distribution, Policy

__all__ = ["check_policy"]

BATCH = 3  # unlike any other size, so that a wrong axis shows


def check_policy(title: str, policy: Any, observation: Any, action_space: ActionSpace) -> None:
    """Raise `PluginError` unless a policy gives a carry, a distribution and a value of the right shapes.

    `observation` has the shapes of one observation. Nothing is computed.
    """
    check_methods(f"{title} builds", policy, Policy)
    params = jax.eval_shape(policy.init, jax.random.key(0))
    carry = jax.eval_shape(lambda: policy.initial_carry(BATCH))
    like: Any = jax.ShapeDtypeStruct  # JAX leaves it without annotations
    obs = jax.tree.map(lambda leaf: like((BATCH, *leaf.shape), leaf.dtype), observation)
    reset = like((BATCH,), bool)

    def apply(params: Any, carry: Any, obs: Any, reset: Any) -> Any:
        given = policy.apply(params, carry, obs, reset)
        if not isinstance(given, tuple) or len(given) != 3:
            got = f"{len(given)} values" if isinstance(given, tuple) else f"a {type(given).__name__}"
            takes = "three values, (carry, distribution, value)"
            raise PluginError(f"{title}: apply(params, carry, obs, reset) must return {takes}, got {got}.")
        after, distribution, value = given
        check_methods(f"{title}: apply returns as the distribution", distribution, Distribution)
        action = distribution.sample(jax.random.key(0))
        return after, value, action, distribution.mode(), distribution.log_prob(action), distribution.entropy()

    after, value, *drawn, log_prob, entropy = jax.eval_shape(apply, params, carry, obs, reset)
    check_shape(title, "the value that apply returns, one number per row,", value, (BATCH,), jnp.floating)
    for name, action in zip(("sample(key)", "mode()"), drawn, strict=True):
        check_shape(title, f"the distribution's {name}, an action per row,", action, (BATCH, *action_space.shape))
    for name, number in (("log_prob(action)", log_prob), ("entropy()", entropy)):
        check_shape(title, f"the distribution's {name}, one number per row,", number, (BATCH,), jnp.floating)
    before = jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), carry)
    if jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), after) != before:
        raise PluginError(
            f"{title}: the carry that apply returns must have the structure, shapes and types of initial_carry(batch)."
        )
