"""Chooses actions step by step, for environments that the caller steps: ours, through Gymnasium, or on a robot."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, PRNGKeyArray

from kinetix_env import KinetixEnv, empty_level
from kinetix_env.errors import ConfigError
from kinetix_env.protocols import ActionSpace, Policy

__all__ = ["Actor"]


class Actor:
    """A policy with its parameters and its memory: `action = actor(obs)`.

    `obs` is what the agent's environment shows, for one episode or with a leading batch axis for several side by side.
    Observations of other capacities work if the network can read them.
    """

    def __init__(
        self,
        build: Callable[[Any, ActionSpace], Policy],
        env: KinetixEnv,
        params: Any,
        *,
        greedy: bool = False,
        seed: int = 0,
    ) -> None:
        """`build` makes the policy for an observation's shapes, `env` says what those of one episode look like."""
        self._build, self._action_space, self._params, self._greedy = build, env.action_space, params, greedy
        level = empty_level(env.engine.capacity)
        self._single = jax.eval_shape(lambda: env.reset(jax.random.key(0), level)[0])
        policy = build(self._single, env.action_space)
        self.remembers = bool(jax.tree.leaves(jax.eval_shape(partial(policy.initial_carry, 1))))  # between steps
        self._key = jax.random.key(seed)
        self._steps: dict[Any, Any] = {}  # compiled programs, by the shapes of the observation
        self.reset()

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the compiled programs, which cannot be copied or pickled."""
        return vars(self) | {"_steps": {}, "_key": jax.random.key_data(self._key)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state | {"_key": jax.random.wrap_key_data(state["_key"])})

    def reset(self) -> None:
        """Forget everything: the next observation is the first of its episode."""
        self._carry: Any = None
        self._count = 0

    def __call__(self, obs: Any, first: Any = None) -> Array:
        """Return the action for an observation.

        `first` says that it is the first of its episode, for a batch as an array of flags; by default only the first
        observation after `reset` is. `ConfigError` for observations of another kind.
        """
        batched = self._is_batch(obs)
        obs = jax.tree.map(lambda leaf: jnp.asarray(leaf) if batched else jnp.asarray(leaf)[None], obs)
        rows = len(jax.tree.leaves(obs)[0])
        policy, step = self._program(obs)
        if self._carry is None:
            self._carry, first = policy.initial_carry(rows), True
        flags = np.broadcast_to(np.asarray(False if first is None else first, bool), (rows,))
        self._count += 1
        key = jax.random.fold_in(self._key, self._count)
        self._carry, actions = step(self._params, self._carry, obs, jnp.asarray(flags), key)
        chosen: Array = actions if batched else actions[0]
        return chosen

    def _is_batch(self, obs: Any) -> bool:
        given: Any = jax.tree.structure(obs)
        takes: Any = jax.tree.structure(self._single)
        if given != takes:
            raise ConfigError(f"Actor: an observation must have the structure {takes}, got {given}.")
        extra = {
            np.ndim(leaf) - len(like.shape)
            for leaf, like in zip(jax.tree.leaves(obs), jax.tree.leaves(self._single), strict=True)
        }
        if extra not in ({0}, {1}):
            shapes = jax.tree.map(lambda leaf: tuple(leaf.shape), self._single)
            raise ConfigError(
                f"Actor: an observation must have arrays of shapes {shapes}, or these with a batch axis in front, "
                f"got {jax.tree.map(np.shape, obs)}."
            )
        return extra == {1}

    def _program(self, obs: Any) -> tuple[Policy, Any]:
        """The policy for these shapes, and its compiled step."""
        shapes = tuple((leaf.shape[1:], leaf.dtype) for leaf in jax.tree.leaves(obs))
        if shapes not in self._steps:
            struct: Any = jax.ShapeDtypeStruct
            one = jax.tree.map(lambda leaf: struct(leaf.shape[1:], leaf.dtype), obs)
            policy = self._build(one, self._action_space)
            self._steps[shapes] = policy, jax.jit(partial(_act, policy, self._greedy))
        found: tuple[Policy, Any] = self._steps[shapes]
        return found


def _act(
    policy: Policy, greedy: bool, params: Any, carry: Any, obs: Any, first: Bool[Array, " batch"], key: PRNGKeyArray
) -> tuple[Any, Array]:
    carry, distribution, _ = policy.apply(params, carry, obs, first)
    return carry, distribution.mode() if greedy else distribution.sample(key)
