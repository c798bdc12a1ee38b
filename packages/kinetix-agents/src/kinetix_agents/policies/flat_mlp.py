"""A plain network on the flat observation: what anybody would try first, and what sets of entities are compared with.

x = tanh layers of the numbers; action and expected return are linear in x. The order in which a level lists its shapes
matters to it, so what it learns of a shape in one row it does not know of the same shape in another."""

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
from .network import Remember, forget
from .recurrent import network_policy

__all__ = ["FlatMLP", "FlatNetwork"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class FlatMLP:
    """A plain network on one row of numbers."""

    name: ClassVar[str] = "flat-mlp"
    observation: ClassVar[str] = "flat"
    width: int = 128  # of each layer
    depth: int = 2  # layers
    recurrent: bool = False  # remember what was seen earlier in the episode

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
        widths = [observation.shape[0]] + [self.width] * self.depth
        head = head_of(action_space)
        return network_policy(lambda rngs: FlatNetwork(widths, head, rngs), width=self.width, recurrent=self.recurrent)


class FlatNetwork(nnx.Module):
    """Rows of numbers to a distribution over actions and the expected return."""

    def __init__(self, widths: list[int], head: Head, rngs: nnx.Rngs) -> None:
        """`widths` are those of the input and of each layer."""
        self.head = head
        self.layers = nnx.List([dense(inputs, outputs, rngs) for inputs, outputs in pairwise(widths)])
        self.action = dense(widths[-1], head.size, rngs, scale=0.01)
        self.value = dense(widths[-1], 1, rngs, scale=1.0)
        if head.reals:
            self.log_std = nnx.Param(jnp.zeros(head.reals))

    def __call__(
        self, obs: Float[Array, "batch number"], remember: Remember = forget
    ) -> tuple[Distribution, Float[Array, " batch"]]:
        """What to do, and the return that is expected."""
        x = obs
        for layer in self.layers:
            x = jnp.tanh(layer(x))
        x = remember(x)
        log_std = self.log_std[...] if self.head.reals else None
        return self.head.distribution(self.action(x), log_std), self.value(x)[:, 0]
