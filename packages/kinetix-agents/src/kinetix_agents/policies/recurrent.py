"""Memory for a network that has none: a gated recurrent unit on what it knows about the whole scene.

A network that can remember calls `remember` on one vector x of each row, on its way from what it sees to what it does,
and goes on with what it is given back. Without memory that is x. With memory h it is x + h', where

    r = sigmoid(Wr x + Ur h),  z = sigmoid(Wz x + Uz h),  n = tanh(Wn x + r Un h),  h' = (1 - z) n + z h

(the GRU of arXiv:1406.1078). The sum lets what is seen now through unchanged. The memory is empty when an episode
begins."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from kinetix_env.protocols import Distribution, Policy

from .network import NetworkPolicy, Parameters, pure_parameters

__all__ = ["RecurrentPolicy", "network_policy"]

Make = Callable[[nnx.Rngs], Any]


class Remembering(nnx.Module):
    """A network and its memory."""

    def __init__(self, network: Any, width: int, rngs: nnx.Rngs) -> None:
        """`width` is that of the vector that the network remembers by."""
        self.network = network
        self.cell = nnx.GRUCell(width, width, rngs=rngs)

    def __call__(
        self, obs: Any, memory: Float[Array, "batch w"]
    ) -> tuple[Float[Array, "batch w"], Distribution, Float[Array, " batch"]]:
        """The new memory, what to do, and the return that is expected."""
        new = memory

        def remember(x: Float[Array, "batch w"]) -> Float[Array, "batch w"]:
            nonlocal new
            new = self.cell(memory, x.astype(memory.dtype))[0]
            return x + new.astype(x.dtype)

        distribution, value = self.network(obs, remember)
        return new, distribution, value


class RecurrentPolicy(eqx.Module):
    """A policy with memory, made from a network: `network(obs, remember)` gives a distribution and values."""

    make: Make = eqx.field(static=True)
    width: int = eqx.field(static=True)
    graph: Any = eqx.field(static=True)

    def __init__(self, make: Make, width: int) -> None:
        """`make` builds the network, whose vector to remember by has so many numbers."""

        def whole(rngs: nnx.Rngs) -> Remembering:
            return Remembering(make(rngs), width, rngs)

        self.make, self.width = whole, width
        self.graph = nnx.split(nnx.eval_shape(lambda: whole(nnx.Rngs(0))), nnx.Param)[0]

    def init(self, key: PRNGKeyArray) -> Parameters:
        """Parameters to start with."""
        return pure_parameters(self.make(nnx.Rngs(key)))

    def initial_carry(self, batch: int) -> Float[Array, "batch w"]:
        """Nothing remembered yet."""
        return jnp.zeros((batch, self.width))

    def apply(
        self, params: Parameters, carry: Float[Array, "batch w"], obs: Any, reset: Bool[Array, " batch"]
    ) -> tuple[Float[Array, "batch w"], Distribution, Float[Array, " batch"]]:
        """The new memory, what to do, and the return that is expected, for each row."""
        memory = jnp.where(reset[:, None], 0.0, carry)
        new, distribution, value = nnx.merge(self.graph, nnx.State(params))(obs, memory)
        return new, distribution, value


def network_policy(make: Make, *, width: int, recurrent: bool) -> Policy:
    """The network as a policy, with or without memory; `width` is that of the vector that it would remember by."""
    return RecurrentPolicy(make, width) if recurrent else NetworkPolicy(make)
