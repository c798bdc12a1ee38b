"""Two hints to XLA's CPU compiler, both plain metadata on calls and both without effect on results.

`materialise` marks values to be computed once and stored. A fusion of XLA's CPU backend has one output: it
clones a shared intermediate into every consumer, which costs time twice, in the compiler and in the
step, and it drops `optimization_barrier` before it fuses. An identity call that may not be inlined stays.

`as_one_function` compiles a call into a single native function, loops included. Otherwise each operation
is dispatched by itself at about a microsecond, more than the arithmetic of a small scene costs. XLA does
this by itself for loops it deems small. It supports elementwise code, slices, concatenation and loops, so
nothing inside may be a dot, sort, scatter, random number or collective; the kernel has none of these. XLA
aborts the process if such a call has a parameter that nothing reads, so the function must take a single
array that it does read (`jax2d.batching.with_one_argument`).

The hints are tested in the oldest and the newest JAX that this package accepts, which is why it has an upper
bound. `Engine(differentiable=True)` does without `as_one_function`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, ParamSpec, TypeVar

import jax
from jax import lax

set_xla_metadata: Callable[..., Any] | None
try:
    from jax.experimental.xla_metadata import set_xla_metadata
except ImportError:  # an experimental module may move; the step is right without it, only slower
    set_xla_metadata = None

__all__ = ["as_one_function", "hints", "loop", "materialise", "one_function"]

T = TypeVar("T")
P = ParamSpec("P")
C = TypeVar("C")
X = TypeVar("X")
Y = TypeVar("Y")

_materialise: ContextVar[bool] = ContextVar("jax2d_materialise", default=False)
_one_function: ContextVar[bool] = ContextVar("jax2d_one_function", default=False)
_recompute: ContextVar[bool] = ContextVar("jax2d_recompute", default=False)


@contextmanager
def hints(materialise: bool, one_function: bool, recompute: bool) -> Iterator[None]:
    """Give these hints while tracing inside this block, where the JAX version has them."""
    known = set_xla_metadata is not None
    tokens = _materialise.set(known and materialise), _one_function.set(known and one_function)
    token = _recompute.set(recompute)
    try:
        yield
    finally:
        _materialise.reset(tokens[0])
        _one_function.reset(tokens[1])
        _recompute.reset(token)


def loop(body: Callable[[C, X], tuple[C, Y]], carry: C, xs: X) -> tuple[C, Y]:
    """`jax.lax.scan` whose body is computed again for the derivative instead of being remembered.

    The step has hundreds of intermediate values an iteration; keeping them all would make the derivative's
    loops carry hundreds of arrays, which takes XLA minutes to compile.
    """
    if _recompute.get():
        body = jax.checkpoint(body, prevent_cse=False)
    done: tuple[C, Y] = lax.scan(body, carry, xs)
    return done


@jax.jit
def _identity(*values: Any) -> tuple[Any, ...]:
    return values


def _tag(tree: T, **metadata: str) -> T:
    if set_xla_metadata is None:
        return tree
    tagged: T = jax.tree.map(partial(set_xla_metadata, **metadata), tree)
    return tagged


def one_function() -> bool:
    """Whether `as_one_function` does anything here."""
    return _one_function.get()


def materialise(tree: T) -> T:
    """The same values, computed once here instead of wherever they are used."""
    if not _materialise.get():
        return tree
    leaves, structure = jax.tree.flatten(tree)
    stored: T = jax.tree.unflatten(structure, _tag(list(_identity(*leaves)), inlineable="false"))
    return stored


def as_one_function(function: Callable[P, T]) -> Callable[P, T]:
    """The same function, compiled to one native function on CPU."""

    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        if not _one_function.get():
            return function(*args, **kwargs)
        result: T = jax.jit(function)(*args, **kwargs)
        return _tag(result, inlineable="false", xla_cpu_small_call="true")

    return call
