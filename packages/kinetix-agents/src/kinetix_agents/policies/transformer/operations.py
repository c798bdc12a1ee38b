"""Operations of both networks, in any dtype: attention and normalisation."""

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

__all__ = ["attend", "normed"]


def attend(
    query: Float[Array, "batch looking head d"],
    key: Float[Array, "batch seen head d"],
    value: Float[Array, "batch seen head d"],
    mask: Bool[Array, "batch _ _ seen"],
    bias: Float[Array, "batch head looking seen"] | None = None,
) -> Float[Array, "batch looking head*d"]:
    """Softmax attention, all heads beside each other; where `mask` is off, a row does not see the other."""
    # JAX promotes bfloat16 to float32 in here on purpose, which its own strict mode refuses
    with jax.numpy_dtype_promotion("standard"):
        mixed = jax.nn.dot_product_attention(query, key, value, bias=bias, mask=mask)
    return mixed.reshape(*mixed.shape[:2], -1)


def normed(norm: nnx.LayerNorm | nnx.RMSNorm, x: Float[Array, "*rows w"]) -> Float[Array, "*rows w"]:
    """`norm(x)`, computed in float32 and returned in the dtype of `x`."""
    y: Array = norm(x.astype(jnp.float32))
    return y.astype(x.dtype)
