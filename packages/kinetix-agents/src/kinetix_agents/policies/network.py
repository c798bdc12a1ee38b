"""Flax NNX networks as policies, split once into a static graph and parameters, a plain pytree.

The graph of a network contains functions that cannot be pickled, such as the initialisers of its layers. A policy is
therefore pickled and copied as the recipe of its network, from which the graph is made again; equal recipes share
one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from jax2d.batching import default_settings
from kinetix_env.protocols import Distribution

__all__ = [
    "NetworkPolicy",
    "Parameters",
    "Recipe",
    "Remember",
    "count_parameters",
    "forget",
    "graph_of",
    "of_rows",
    "parameter_shapes",
    "pure_parameters",
]

Parameters = Any  # nested dicts of arrays
Remember = Callable[[Array], Array]  # features [batch, w] to features that include memory, [batch, w]


def forget(x: Array) -> Array:
    """Return the features unchanged: no memory."""
    return x


def pure_parameters(network: Any) -> Parameters:
    """Return the parameters of a network as nested dicts of arrays."""
    return nnx.to_pure_dict(nnx.split(network, nnx.Param)[1])


@dataclass(frozen=True)
class Recipe:
    """A network to be built: `build(*arguments, rngs)`. Recipes of equal parts are equal, and can be pickled."""

    build: Callable[..., Any]  # a class or a function of a module
    arguments: tuple[Any, ...]

    def __call__(self, rngs: nnx.Rngs) -> Any:
        """Build the network."""
        return self.build(*self.arguments, rngs)


def graph_of(make: Callable[[nnx.Rngs], Any]) -> Any:
    """Return the static graph of the network that `make` builds; the same object for equal `make`."""
    try:
        hash(make)
    except TypeError:  # some part of a plugin
        return _graph(make)
    return _shared_graph(make)


def _graph(make: Callable[[nnx.Rngs], Any]) -> Any:
    return nnx.split(nnx.eval_shape(lambda: make(nnx.Rngs(0))), nnx.Param)[0]


_shared_graph = lru_cache(maxsize=64)(_graph)


class NetworkPolicy(eqx.Module):
    """A feed-forward policy made from a network: `network(obs)` returns a distribution and values for a batch."""

    make: Callable[[nnx.Rngs], Any] = eqx.field(static=True)
    graph: Any = eqx.field(static=True)

    def __init__(self, make: Callable[[nnx.Rngs], Any]) -> None:
        """`make` builds the network; its parameters are `nnx.Param`s, and it has no other state.

        A `Recipe`, unlike a lambda, can be pickled with the policy.
        """
        self.make = make
        self.graph = graph_of(make)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.make,)

    @default_settings
    def init(self, key: PRNGKeyArray) -> Parameters:
        """Return initial parameters."""
        return pure_parameters(self.make(nnx.Rngs(key)))

    def initial_carry(self, batch: int) -> tuple[()]:
        """Return an empty carry."""
        del batch
        return ()

    @default_settings
    def apply(
        self, params: Parameters, carry: tuple[()], obs: Any, reset: Bool[Array, " batch"]
    ) -> tuple[tuple[()], Distribution, Float[Array, " batch"]]:
        """Return the carry, the distribution over actions and the value, one per row."""
        distribution, value = of_rows(nnx.merge(self.graph, nnx.State(params)), len(reset), obs)
        return carry, distribution, value


def of_rows(network: Callable[..., Any], count: int, *rows: Any) -> Any:
    """Apply a network to `count` rows, which may be none: then sizes that it infers from its input are undefined."""
    if count:
        return network(*rows)
    one = jax.tree.map(lambda leaf: jnp.zeros((1, *leaf.shape[1:]), leaf.dtype), rows)
    return jax.tree.map(lambda leaf: leaf[:0], network(*one))


def count_parameters(params: Parameters) -> int:
    """Return the total number of parameters."""
    return sum(leaf.size for leaf in jax.tree.leaves(params))


def parameter_shapes(params: Parameters) -> dict[str, tuple[int, ...]]:
    """Return the shape of each array, by its path."""
    return {jax.tree_util.keystr(path): leaf.shape for path, leaf in jax.tree_util.tree_leaves_with_path(params)}
