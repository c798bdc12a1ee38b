"""A multilayer perceptron on the flat observation: the baseline for networks on sets of entities.

x = tanh layers of the observation; action and value are linear in x. The network is not invariant to the order of a
level's shapes: what it learns about a shape in one row does not apply to the same shape in another."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from kinetix_env.config import check_flags, check_integer, checks_its_fields
from kinetix_env.errors import ConfigError
from kinetix_env.protocols import ActionSpace, Distribution, Policy

from ..distributions import Head, head_of
from .layers import dense
from .network import Recipe, Remember, forget
from .recurrent import network_policy

__all__ = ["FlatMLP", "FlatNetwork"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class FlatMLP:
    """A multilayer perceptron (MLP) on the flat observation."""

    name: ClassVar[str] = "flat-mlp"
    observation: ClassVar[str] = "flat"
    width: int = 128  # width of each hidden layer
    depth: int = 2  # number of hidden layers
    recurrent: bool = False  # add a GRU, which remembers earlier steps of the episode

    def __post_init__(self) -> None:
        check_integer(self, "width", 1)
        check_integer(self, "depth", 1)
        check_flags(self, ["recurrent"])

    def build(self, observation: Any, action_space: ActionSpace) -> Policy:
        """The policy for the length of a flat observation and an action space."""
        row = isinstance(observation, (jax.Array, jax.ShapeDtypeStruct)) and len(observation.shape) == 1
        if not row or not jnp.issubdtype(observation.dtype, jnp.floating):
            raise ConfigError(
                f"FlatMLP reads the observation {self.observation!r} or another row of real numbers, got {observation}."
            )
        widths = (observation.shape[0],) + (self.width,) * self.depth
        recipe = Recipe(FlatNetwork, (widths, head_of(action_space)))
        return network_policy(recipe, width=self.width, recurrent=self.recurrent)


class FlatNetwork(nnx.Module):
    """Maps flat observations to a distribution over actions and a value."""

    def __init__(self, widths: tuple[int, ...], head: Head, rngs: nnx.Rngs) -> None:
        """`widths` are those of the input and of each hidden layer."""
        self.head = head
        self.layers = nnx.List([dense(inputs, outputs, rngs) for inputs, outputs in pairwise(widths)])
        self.action = dense(widths[-1], head.size, rngs, scale=0.01)
        self.value = dense(widths[-1], 1, rngs, scale=1.0)
        if head.reals:
            self.log_std = nnx.Param(jnp.zeros(head.reals))

    def __call__(
        self, obs: Float[Array, "batch number"], remember: Remember = forget
    ) -> tuple[Distribution, Float[Array, " batch"]]:
        """Return the distribution over actions and the value."""
        x = obs
        for layer in self.layers:
            x = jnp.tanh(layer(x))
        x = remember(x)
        log_std = self.log_std[...] if self.head.reals else None
        return self.head.distribution(self.action(x), log_std), self.value(x)[:, 0]
