"""The groups that environments come in, each with a curriculum and random keys of its own.

A device has one group, or some. What happens in a group does not depend on where it lies, so that a run on one device
with two groups is the same as on two devices with one each, but for the rounding of sums."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.sharding import Mesh
from jaxtyping import Array, Int, Key, PRNGKeyArray

from .config import PPOConfig

__all__ = ["Groups", "deal", "flat"]


class Groups:
    """Those of one device, on an axis of a mesh."""

    def __init__(self, config: PPOConfig, mesh: Mesh) -> None:
        (self._axis,) = mesh.axis_names
        self.total = config.groups or mesh.size  # on all devices
        self.count = self.total // mesh.size
        self.size = config.envs // self.total  # environments

    def keys(self, key: PRNGKeyArray, count: int) -> Key[Array, "{count} group"]:
        """So many keys for each group of this device."""
        numbers = self.count * jax.lax.axis_index(self._axis) + jnp.arange(self.count)
        keys: Array = jax.vmap(lambda number: jax.random.split(jax.random.fold_in(key, number), count), out_axes=1)(
            numbers
        )
        return keys

    def each(self, function: Callable[..., Any], *rows: Any) -> Any:
        """A function of each group's rows, [group, ...]; not as a batch, which would take both ways of every `cond`."""
        if self.count > 1:
            return jax.lax.map(lambda row: function(*row), rows)
        alone = function(*jax.tree.map(lambda leaf: leaf[0], rows))
        return jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], alone)

    def split_twice(self, rows: Any) -> Any:
        """Rows of all environments and then of all once more, [2 x group x env, ...], as [group, 2 x env, ...]."""

        def split(leaf: Array) -> Array:
            parts = leaf.reshape(2, self.count, self.size, *leaf.shape[1:]).swapaxes(0, 1)
            return parts.reshape(self.count, 2 * self.size, *leaf.shape[1:])

        return jax.tree.map(split, rows)


def flat(rows: Any) -> Any:
    """[group, env, ...] as [group x env, ...]."""
    return jax.tree.map(lambda leaf: leaf.reshape(leaf.shape[0] * leaf.shape[1], *leaf.shape[2:]), rows)


def deal(keys: Key[Array, " group"], envs: int, minibatches: int) -> Int[Array, "minibatch env"]:
    """Each environment in one minibatch, and in each minibatch as many of each group."""
    groups = keys.shape[0]
    each = envs // groups
    order = jax.vmap(lambda key: jax.random.permutation(key, each))(keys)
    numbers = order + each * jnp.arange(groups, dtype=order.dtype)[:, None]
    dealt: Array = numbers.reshape(groups, minibatches, -1).swapaxes(0, 1).reshape(minibatches, -1)
    return dealt
