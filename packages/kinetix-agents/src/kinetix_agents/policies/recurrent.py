"""Memory for feed-forward networks: a gated recurrent unit (GRU) on their features of the whole scene.

A network that supports memory calls `remember` on a feature vector x per row and continues with the result. Without
memory that is x. With memory h it is x + h', where

    r = sigmoid(Wr x + Ur h),  z = sigmoid(Wz x + Uz h),  n = tanh(Wn x + r Un h),  h' = (1 - z) n + z h

(the GRU of arXiv:1406.1078). The sum is a residual connection for the current features. The memory is reset to zero
when an episode begins."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from jax2d.batching import default_settings
from kinetix_env.protocols import Distribution, Policy

from .network import NetworkPolicy, Parameters, Recipe, graph_of, of_rows, pure_parameters

__all__ = ["RecurrentPolicy", "network_policy"]

Make = Callable[[nnx.Rngs], Any]


class Remembering(nnx.Module):
    """A network and its memory."""

    def __init__(self, make: Make, width: int, rngs: nnx.Rngs) -> None:
        """`make` builds the network; `width` is the length of the vector that it passes to `remember`."""
        self.network = make(rngs)
        self.cell = nnx.GRUCell(width, width, rngs=rngs)

    def __call__(
        self, obs: Any, memory: Float[Array, "batch w"]
    ) -> tuple[Float[Array, "batch w"], Distribution, Float[Array, " batch"]]:
        """Return the new memory, the distribution over actions and the value."""
        new = memory

        def remember(x: Float[Array, "batch w"]) -> Float[Array, "batch w"]:
            nonlocal new
            new = self.cell(memory, x.astype(memory.dtype))[0]
            return x + new.astype(x.dtype)

        distribution, value = self.network(obs, remember)
        return new, distribution, value


class RecurrentPolicy(eqx.Module):
    """A recurrent policy made from a network: `network(obs, remember)` returns a distribution and values."""

    make: Make = eqx.field(static=True)
    width: int = eqx.field(static=True)
    graph: Any = eqx.field(static=True)

    def __init__(self, make: Make, width: int) -> None:
        """`make` builds the network; `width` is the length of the vector that it passes to `remember`."""
        self.make, self.width = make, width
        self.graph = graph_of(self._whole)

    @property
    def _whole(self) -> Recipe:
        """The network and its memory."""
        return Recipe(Remembering, (self.make, self.width))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.make, self.width)

    @default_settings
    def init(self, key: PRNGKeyArray) -> Parameters:
        """Return initial parameters."""
        return pure_parameters(self._whole(nnx.Rngs(key)))

    def initial_carry(self, batch: int) -> Float[Array, "batch w"]:
        """Return the carry at the start of an episode: zeros."""
        return jnp.zeros((batch, self.width))

    @default_settings
    def apply(
        self, params: Parameters, carry: Float[Array, "batch w"], obs: Any, reset: Bool[Array, " batch"]
    ) -> tuple[Float[Array, "batch w"], Distribution, Float[Array, " batch"]]:
        """Return the new carry, the distribution over actions and the value, one per row."""
        memory = jnp.where(reset[:, None], 0.0, carry)
        network = nnx.merge(self.graph, nnx.State(params))
        new, distribution, value = of_rows(network, len(reset), obs, memory)
        return new, distribution, value


def network_policy(make: Make, *, width: int, recurrent: bool) -> Policy:
    """Return a network as a policy, recurrent or not; `width` is the length of the vector passed to `remember`."""
    return RecurrentPolicy(make, width) if recurrent else NetworkPolicy(make)
