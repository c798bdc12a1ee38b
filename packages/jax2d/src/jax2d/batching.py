"""From a function of one scene to a kernel over all scenes at once.

`run_batched` is what the engine calls. `collect_vmaps` turns every `jax.vmap` around a call into one more leading axis
of its arguments, so that nested vmaps end in a single kernel call. `in_chunks` brings those arguments into the kernel's
layout: scenes in chunks, each chunk with the scene as its last axis and the axes of one scene reversed."""

import itertools
import math
from collections.abc import Callable
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .jax_settings import default_settings as default_settings
from .kernel.lowering import as_one_function, one_function
from .kernel.lowering import hints as hints
from .kernel.lowering import materialise as materialise

__all__ = ["collect_vmaps", "default_settings", "empty_batch", "hints", "in_chunks", "materialise", "run_batched"]

T = TypeVar("T")
P = TypeVar("P")  # parameters of the physics

CPU_LANES = 128  # scenes per chunk: their data stays in the first-level cache, and all vector units are busy
VECTOR = 8  # lanes are a multiple of this once there are as many scenes


def run_batched(kernel: Callable[[Any, P], T], args: Any, params: P, *, differentiable: bool = False) -> T:
    """Call `kernel(args, params)`, written for arrays in the kernel's layout, on the arrays of one scene.

    Every `jax.vmap` around the call adds scenes to one batch, which is cut into chunks on a CPU. What in `params` is
    not an array is a constant of the kernel. With `differentiable` the call is left to JAX's own vmap, which
    derivatives need.
    """
    numbers, constants = eqx.partition(params, eqx.is_array)
    on_cpu = jax.default_backend() == "cpu"

    def one_chunk(packed: Any) -> T:
        arrays, numbers = packed
        return kernel(arrays, eqx.combine(numbers, constants))

    def run(packed: Any, axes: int) -> T:
        with hints(materialise=on_cpu, one_function=on_cpu and not differentiable, recompute=differentiable):
            return in_chunks(one_chunk, packed, axes, CPU_LANES if on_cpu else None)

    packed = (args, numbers)
    return default_settings(run)(packed, 0) if differentiable else collect_vmaps(run, packed)


def collect_vmaps(function: Callable[[Any, int], T], args: Any, axes: int = 0) -> T:
    """Call `function(args, axes)` where `axes` counts the leading batch axes of every array in `args`."""

    @jax.custom_batching.custom_vmap
    def call(args: Any) -> T:
        return default_settings(function)(args, axes)

    @call.def_vmap
    def rule(axis_size: int, in_batched: list[Any], args: Any) -> tuple[T, Any]:
        def widen(x: Array | np.ndarray, batched: bool) -> Array:
            return jnp.asarray(x) if batched else jnp.broadcast_to(x, (axis_size, *x.shape))

        out = collect_vmaps(function, jax.tree.map(widen, args, in_batched[0]), axes + 1)
        return out, jax.tree.map(lambda _: True, out)

    result: T = call(args)
    return result


def chunks_and_lanes(scenes: int, most: int | None) -> tuple[int, int]:
    """The number of chunks and the scenes per chunk; their product may exceed `scenes` a little."""
    if most is None or scenes <= VECTOR:
        return 1, scenes
    chunks = math.ceil(scenes / most)
    return chunks, math.ceil(scenes / chunks / VECTOR) * VECTOR


def in_chunks(kernel: Callable[[Any], T], args: Any, axes: int, most: int | None) -> T:
    """Run a kernel on arrays with `axes` leading batch axes, at most `most` scenes at a time (None: all)."""
    batch = jax.tree.leaves(args)[0].shape[:axes]
    scenes = math.prod(batch)
    if scenes == 0:
        return empty_batch(lambda args: in_chunks(kernel, args, axes, most), args, axes)
    chunks, lanes = chunks_and_lanes(scenes, most)

    def cut(x: Array) -> Array:
        x = x.reshape(scenes, *x.shape[axes:])
        if chunks * lanes != scenes:
            x = jnp.concatenate([x, jnp.broadcast_to(x[-1:], (chunks * lanes - scenes, *x.shape[1:]))])
        return x.reshape(chunks, lanes, *x.shape[1:])

    def run(args: Any) -> T:
        found = (with_one_argument(kernel) if one_function() else kernel)(_reverse_axes(args))
        return _reverse_axes(found)

    def join(x: Array) -> Array:
        return x.reshape(chunks * lanes, *x.shape[2:])[:scenes].reshape(*batch, *x.shape[2:])

    done: T = jax.tree.map(join, jax.lax.map(run, jax.tree.map(cut, args)))
    return done


def empty_batch(function: Callable[[Any], T], args: Any, axes: int) -> T:
    """The result of a function on a batch of zero rows: empty arrays with the shapes and types of one row.

    The arguments and results have `axes` leading batch axes.
    """
    batch = jax.tree.leaves(args)[0].shape[:axes]
    struct: Any = jax.ShapeDtypeStruct
    one = jax.tree.map(lambda x: struct((1,) * axes + x.shape[axes:], x.dtype), args)
    found = jax.eval_shape(function, one)
    nothing: T = jax.tree.map(lambda x: jnp.zeros((*batch, *x.shape[axes:]), x.dtype), found)
    return nothing


def _reverse_axes(tree: T) -> T:
    """Reverse the axes of all arrays: `[lane, *rows]` to `[*rows reversed, lane]` and back."""
    reversed_: T = jax.tree.map(lambda x: x.T, tree)
    return reversed_


def with_one_argument(kernel: Callable[[Any], T]) -> Callable[[Any], T]:
    """Return the kernel compiled to one native function that takes a single float32 array.

    Its arguments, all `[*rows, lane]`, go in row after row. Flags and indices become numbers, which float32
    holds exactly.
    """

    def call(args: Any) -> T:
        leaves, structure = jax.tree.flatten(args)
        rows = [math.prod(leaf.shape[:-1]) for leaf in leaves]

        def split(merged: Array) -> T:
            ends = itertools.accumulate(rows)
            parts = [
                merged[end - count : end].reshape(leaf.shape).astype(leaf.dtype)
                for end, count, leaf in zip(ends, rows, leaves, strict=True)
            ]
            return kernel(jax.tree.unflatten(structure, parts))

        parts = [
            leaf.astype(jnp.float32).reshape(count, leaf.shape[-1]) for leaf, count in zip(leaves, rows, strict=True)
        ]
        return as_one_function(split)(jnp.concatenate(parts))

    return call
