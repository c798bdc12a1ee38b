"""The two implementations of the convolution agree, in values and in gradients, at any size."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from kinetix_agents.policies.convolution import Halving, _as_convolution, _as_products


@pytest.mark.parametrize("shape", [(2, 8, 8, 3), (1, 9, 12, 2), (3, 1, 5, 1)])
def test_matrix_products_of_patches_equal_the_convolution(shape: tuple[int, ...]) -> None:
    image = jax.random.normal(jax.random.key(0), shape)
    kernel = jax.random.normal(jax.random.key(1), (9 * shape[-1], 4))
    one, other = _as_products(image, kernel), _as_convolution(image, kernel)
    assert one.shape == (shape[0], -(-shape[1] // 2), -(-shape[2] // 2), 4)
    np.testing.assert_allclose(one, other, atol=1e-5)
    weight = jnp.arange(one.size, dtype=jnp.float32).reshape(one.shape) / one.size

    def gradient(way) -> jax.Array:
        return jax.grad(lambda kernel: (way(image, kernel) * weight).sum())(kernel)

    np.testing.assert_allclose(gradient(_as_products), gradient(_as_convolution), rtol=1e-4, atol=1e-4)


def test_constant_images_give_constant_features_away_from_the_border() -> None:
    out = np.asarray(Halving(3, 5, nnx.Rngs(0))(jnp.ones((1, 16, 16, 3))))
    inner = out[0, 1:-1, 1:-1]
    np.testing.assert_allclose(inner, np.broadcast_to(inner[0, 0], inner.shape), atol=1e-5)
