"""Groups of environments, each with its own curriculum and its own random keys.

A device has one or more groups. What happens in a group does not depend on the device it is on, so a run on one device
with two groups equals a run on two devices with one group each, except for the rounding of sums."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.sharding import Mesh
from jaxtyping import Array, Int, Key, PRNGKeyArray

from .config import PPOConfig

__all__ = ["Groups", "deal", "flat"]


class Groups:
    """The groups of environments of one device, inside `shard_map` over a mesh of one axis."""

    def __init__(self, config: PPOConfig, mesh: Mesh) -> None:
        (self._axis,) = mesh.axis_names
        self.total = config.groups or mesh.size  # number of groups on all devices
        self.count = self.total // mesh.size  # number of groups on this device
        self.size = config.envs // self.total  # number of environments per group

    def keys(self, key: PRNGKeyArray, count: int) -> Key[Array, "{count} group"]:
        """Return `count` keys for each group of this device."""
        numbers = self.count * jax.lax.axis_index(self._axis) + jnp.arange(self.count)
        keys: Array = jax.vmap(lambda number: jax.random.split(jax.random.fold_in(key, number), count), out_axes=1)(
            numbers
        )
        return keys

    def each(self, function: Callable[..., Any], *rows: Any) -> Any:
        """Apply a function to each group's rows, [group, ...]; not by `vmap`, which runs both branches of a `cond`."""
        if self.count > 1:
            return jax.lax.map(lambda row: function(*row), rows)
        alone = function(*jax.tree.map(lambda leaf: leaf[0], rows))
        return jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], alone)

    def split_twice(self, rows: Any) -> Any:
        """Reshape two rows per environment, [2 x group x env, ...], to [group, 2 x env, ...]."""

        def split(leaf: Array) -> Array:
            parts = leaf.reshape(2, self.count, self.size, *leaf.shape[1:]).swapaxes(0, 1)
            return parts.reshape(self.count, 2 * self.size, *leaf.shape[1:])

        return jax.tree.map(split, rows)


def flat(rows: Any) -> Any:
    """Reshape [group, env, ...] to [group x env, ...]."""
    return jax.tree.map(lambda leaf: leaf.reshape(leaf.shape[0] * leaf.shape[1], *leaf.shape[2:]), rows)


def deal(keys: Key[Array, " group"], envs: int, minibatches: int) -> Int[Array, "minibatch env"]:
    """Deal the environments to minibatches at random; each minibatch gets equally many of each group."""
    groups = keys.shape[0]
    each = envs // groups
    order = jax.vmap(lambda key: jax.random.permutation(key, each))(keys)
    numbers = order + each * jnp.arange(groups, dtype=order.dtype)[:, None]
    dealt: Array = numbers.reshape(groups, minibatches, -1).swapaxes(0, 1).reshape(minibatches, -1)
    return dealt
