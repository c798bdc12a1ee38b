"""A Flax NNX network as a policy, split once into its static structure and its parameters, a plain pytree."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
from flax import nnx
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from kinetix_env.protocols import Distribution

__all__ = ["NetworkPolicy", "count_parameters"]

Parameters = Any  # nested dicts of arrays


class NetworkPolicy(eqx.Module):
    """A policy without memory, made from a network: `network(obs)` gives a distribution and values for a batch."""

    make: Callable[[nnx.Rngs], Any] = eqx.field(static=True)
    graph: Any = eqx.field(static=True)

    def __init__(self, make: Callable[[nnx.Rngs], Any]) -> None:
        """`make` builds the network; its parameters are `nnx.Param`s, and it has no other state."""
        self.make = make
        self.graph = nnx.split(nnx.eval_shape(lambda: make(nnx.Rngs(0))), nnx.Param)[0]

    def init(self, key: PRNGKeyArray) -> Parameters:
        """Parameters to start with."""
        return nnx.to_pure_dict(nnx.split(self.make(nnx.Rngs(key)), nnx.Param)[1])

    def initial_carry(self, batch: int) -> tuple[()]:
        """There is no memory."""
        del batch
        return ()

    def apply(
        self, params: Parameters, carry: tuple[()], obs: Any, reset: Bool[Array, " batch"]
    ) -> tuple[tuple[()], Distribution, Float[Array, " batch"]]:
        """What to do, and the return that is expected, for each row."""
        del reset
        distribution, value = nnx.merge(self.graph, nnx.State(params))(obs)
        return carry, distribution, value


def count_parameters(params: Parameters) -> int:
    """How many numbers a policy has learnt."""
    return sum(leaf.size for leaf in jax.tree.leaves(params))
