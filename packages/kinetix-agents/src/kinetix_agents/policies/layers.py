"""Layers shared by the networks."""

from flax import nnx

__all__ = ["dense"]


def dense(inputs: int, outputs: int, rngs: nnx.Rngs, scale: float = 2**0.5) -> nnx.Linear:
    """Return a linear layer with orthogonal weights and zero bias (arXiv:2006.05990 recommends it for PPO)."""
    return nnx.Linear(inputs, outputs, kernel_init=nnx.initializers.orthogonal(scale), rngs=rngs)
