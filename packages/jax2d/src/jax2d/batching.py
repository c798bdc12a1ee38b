"""From a function of one scene to a kernel over all scenes at once.

`collect_vmaps` turns every `jax.vmap` around a call into one more leading axis of its arguments, so that
nested vmaps end in a single kernel call. `pack` brings those arguments into the kernel's layout: scenes in
chunks, each chunk with the scene as its last axis and the axes of one scene reversed."""

import itertools
import math
from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array

from .kernel.lowering import as_one_function, one_function

__all__ = ["collect_vmaps", "in_chunks"]

T = TypeVar("T")

CPU_LANES = 128  # scenes a chunk: their data stays in the first-level cache, and all vector units are busy
VECTOR = 8  # lanes are a multiple of this once there are as many scenes


def collect_vmaps(function: Callable[[Any, int], T], args: Any, axes: int = 0) -> T:
    """Call `function(args, axes)` where `axes` counts the leading batch axes of every array in `args`."""

    @jax.custom_batching.custom_vmap
    def call(args: Any) -> T:
        return function(args, axes)

    @call.def_vmap
    def rule(axis_size: int, in_batched: list[Any], args: Any) -> tuple[T, Any]:
        def widen(x: Array, batched: bool) -> Array:
            return x if batched else jnp.broadcast_to(x, (axis_size, *x.shape))

        out = collect_vmaps(function, jax.tree.map(widen, args, in_batched[0]), axes + 1)
        return out, jax.tree.map(lambda _: True, out)

    result: T = call(args)
    return result


def chunks_and_lanes(scenes: int, most: int | None) -> tuple[int, int]:
    """Into how many chunks of how many scenes a batch is cut; together they may exceed the batch a little."""
    if most is None or scenes <= VECTOR:
        return 1, scenes
    chunks = math.ceil(scenes / most)
    return chunks, math.ceil(scenes / chunks / VECTOR) * VECTOR


def in_chunks(kernel: Callable[[Any], T], args: Any, axes: int, most: int | None) -> T:
    """Run a kernel on arrays with `axes` leading batch axes, at most `most` scenes at a time (None: all)."""
    batch = jax.tree.leaves(args)[0].shape[:axes]
    scenes = math.prod(batch)
    chunks, lanes = chunks_and_lanes(scenes, most)

    def pack(x: Array) -> Array:
        x = x.reshape(scenes, *x.shape[axes:])
        if chunks * lanes != scenes:
            x = jnp.concatenate([x, jnp.broadcast_to(x[-1:], (chunks * lanes - scenes, *x.shape[1:]))])
        x = x.reshape(chunks, lanes, *x.shape[1:])
        return x.transpose(0, *range(x.ndim - 1, 1, -1), 1)

    def unpack(x: Array) -> Array:
        x = x.transpose(0, x.ndim - 1, *range(x.ndim - 2, 0, -1))
        return x.reshape(chunks * lanes, *x.shape[2:])[:scenes].reshape(*batch, *x.shape[2:])

    packed = jax.tree.map(pack, args)
    if one_function():
        kernel, packed = with_one_argument(kernel, packed)
    return jax.tree.map(unpack, jax.lax.map(as_one_function(kernel), packed))


def with_one_argument(kernel: Callable[[Any], T], args: Any) -> tuple[Callable[[Array], T], Array]:
    """The same kernel as a function of one float32 array, and that array: `args` row after row.

    `args` are [chunk, *rows, lane]. Flags and indices become numbers, which float32 holds exactly.
    """
    leaves, structure = jax.tree.flatten(args)
    shapes = [leaf.shape[1:] for leaf in leaves]
    rows = [math.prod(shape[:-1]) for shape in shapes]

    def merge(leaf: Array, count: int) -> Array:
        return leaf.astype(jnp.float32).reshape(leaf.shape[0], count, leaf.shape[-1])

    merged = jnp.concatenate([merge(leaf, count) for leaf, count in zip(leaves, rows, strict=True)], axis=1)

    def call(merged: Array) -> T:
        ends = itertools.accumulate(rows)
        parts = [
            merged[end - count : end].reshape(shape).astype(leaf.dtype)
            for end, count, shape, leaf in zip(ends, rows, shapes, leaves, strict=True)
        ]
        return kernel(jax.tree.unflatten(structure, parts))

    return call, merged
