"""What is trained: an environment and a network, batched, as functions. Ours and the published parts alike.

Both processes import this file, so it needs JAX and NumPy only."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from benchmarks.env.task import Step, Tree

__all__ = ["AXIS", "DENSE", "Side", "over_devices", "place", "save_tree"]

AXIS = "envs"
DENSE = 0.2  # reward a metre by which green comes closer to blue, as in the published training runs
_SPECS = {"all": PartitionSpec(), "envs": PartitionSpec(AXIS), "later": PartitionSpec(None, AXIS)}


@dataclass(frozen=True)
class Side:
    """A batch of environments, each with a level of its `own` to go on with, and a network that plays them."""

    start: Callable[[Tree], tuple[Tree, Tree]]  # own levels -> observation, state
    step: Callable[[Tree, jax.Array, Tree, jax.Array], Step]  # (own, keys, state, action); starts anew where done
    init: Callable[[jax.Array], Tree]  # key -> parameters
    act: Callable[[Tree, Tree, jax.Array], tuple[jax.Array, ...]]  # (params, obs, key) -> action, log p, value
    judge: Callable[[Tree, Tree, jax.Array], tuple[jax.Array, ...]]  # (params, obs, action) -> log p, entropy, value
    numbers: Callable[[Tree, Tree], tuple[jax.Array, jax.Array]]  # (params, obs) -> logarithms of probabilities, values


def over_devices(function: Callable[..., Any], devices: int, given: Sequence[Any], out: Any) -> Callable[..., Any]:
    """The function with its arguments split over host devices: "all" (copied), "envs" or "later" (time, env)."""
    if devices == 1:
        return function
    specs = jax.tree.map(_SPECS.__getitem__, (tuple(given), out))
    mesh = Mesh(np.array(jax.devices()[:devices]), (AXIS,))
    return jax.shard_map(function, mesh=mesh, in_specs=specs[0], out_specs=specs[1], check_vma=False)


def place(tree: Tree, devices: int, how: str) -> Tree:
    """An argument where `over_devices` wants it."""
    if devices == 1:
        return jax.device_put(tree)
    mesh = Mesh(np.array(jax.devices()[:devices]), (AXIS,))
    return jax.device_put(tree, NamedSharding(mesh, _SPECS[how]))


def save_tree(file: str, **trees: Tree) -> None:
    """Write pytrees of arrays; an array is named by its path, as in `params/Dense_0/kernel`."""
    flat: dict[str, Any] = {}
    for name, tree in trees.items():
        for path, leaf in jax.tree_util.tree_leaves_with_path(tree):
            words = [str(getattr(key, "key", getattr(key, "name", key))) for key in path]
            flat["/".join([name, *words])] = np.asarray(leaf)
    np.savez(file, **flat)
