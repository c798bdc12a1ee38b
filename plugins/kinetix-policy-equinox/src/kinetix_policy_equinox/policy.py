"""Any Equinox network as a policy of kinetix.

An Equinox network is a pytree that holds its parameters. A policy keeps them apart, since training state is arrays and
nothing else: its network is the skeleton, in which each array is only a shape, and `apply` puts the arrays back."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from kinetix_agents.distributions import Head
from kinetix_env.protocols import Distribution

__all__ = ["EquinoxPolicy"]


class EquinoxPolicy(eqx.Module):
    """A policy without memory.

    `make(key)` gives the network. For one observation that gives `head.size` numbers, from which the distribution over
    actions is made, and the return that it expects. Where actions are real numbers, their spread is learnt besides.
    """

    make: Callable[[PRNGKeyArray], Any] = eqx.field(static=True)
    head: Head
    skeleton: Any

    def __init__(self, make: Callable[[PRNGKeyArray], Any], head: Head) -> None:
        self.make, self.head = make, head
        shapes = eqx.filter_eval_shape(make, jax.random.key(0))
        self.skeleton = eqx.filter(shapes, _is_shape, inverse=True)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.make, self.head)  # the skeleton has functions of JAX, which cannot be pickled

    def init(self, key: PRNGKeyArray) -> dict[str, Any]:
        """Parameters to start with: what of the network are arrays, and the logarithms of the spread."""
        spread = {"log_std": jnp.zeros(self.head.reals)} if self.head.reals else {}
        return {"network": eqx.filter(self.make(key), eqx.is_array), **spread}

    def initial_carry(self, batch: int) -> tuple[()]:
        """There is no memory."""
        del batch
        return ()

    def apply(
        self, params: dict[str, Any], carry: tuple[()], obs: Any, reset: Bool[Array, " batch"]
    ) -> tuple[tuple[()], Distribution, Float[Array, " batch"]]:
        """What to do, and the return that is expected, for each row."""
        del reset
        network = eqx.combine(params["network"], self.skeleton)
        numbers, value = jax.vmap(network)(obs)
        return carry, self.head.distribution(numbers, params.get("log_std")), value


def _is_shape(leaf: Any) -> bool:
    return isinstance(leaf, jax.ShapeDtypeStruct)
