"""The published transformer (arXiv:2410.23208; kinetix-env 3.0.2), written anew: the same function of its weights.

Encoders with tanh; the last channel of a body says whether it is a polygon (1) or a circle (0). A token of ones stands
before the bodies, sees all and is seen by all. A layer is

    y = gate(x, relu(attention(norm(x)))),   x = gate(y, relu(dense(norm(y)))),

with a part of the heads for each of the four relations between bodies; then each joint row sends a linear message of
both ends and itself to the end it starts from, each thruster to its body. The mean over what exists goes through
tanh layers to the actor and others to the critic. Gates as in GTrXL (arXiv:1910.06764), eq. 6, without biases but one.

Products that share an input are one matrix here; rows are fetched by a product with a one-hot matrix."""

from functools import partial
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from kinetix_env.observations import Entities
from kinetix_env.protocols import Distribution

from ...distributions import Head
from ..network import Remember, forget
from .operations import attend, normed
from .sizes import KINDS, Sizes, columns_of, features_of

__all__ = ["RELATIONS", "PublishedTransformer"]

RELATIONS = 4  # masks of the observation, each with as many heads


class Gate(nnx.Module):
    """Lets news y into a state x: (1 - z) x + z tanh(U y + V (r x)), with r and z sigmoids of y and x."""

    def __init__(self, width: int, dtype: Any, rngs: nnx.Rngs) -> None:
        linear = partial(nnx.Linear, use_bias=False, dtype=dtype, rngs=rngs)
        self.news = linear(width, 3 * width)  # of y: for r, z and the candidate
        self.state = linear(width, 2 * width)  # of x: for r and z
        self.candidate = linear(width, width)  # of r x
        self.bias = nnx.Param(jnp.zeros(width))  # the larger, the less gets in

    def __call__(self, x: Float[Array, "batch row w"], y: Float[Array, "batch row w"]) -> Float[Array, "batch row w"]:
        """The gated combination of `x` and `y`, [batch, row, w]."""
        reset_y, update_y, candidate_y = jnp.split(self.news(y), 3, axis=-1)
        reset_x, update_x = jnp.split(self.state(x), 2, axis=-1)
        reset = nnx.sigmoid(reset_y + reset_x)
        update = nnx.sigmoid(update_y + update_x - self.bias[...].astype(x.dtype))
        return (1 - update) * x + update * jnp.tanh(candidate_y + self.candidate(reset * x))


class Layer(nnx.Module):
    """Attention among the bodies, then messages of joints and thrusters."""

    def __init__(self, sizes: Sizes, rngs: nnx.Rngs) -> None:
        width, dtype = sizes.width, sizes.dtype
        linear = partial(nnx.Linear, dtype=dtype, rngs=rngs)
        self.heads = sizes.heads
        self.norm_attention = nnx.LayerNorm(width, rngs=rngs)
        self.query_key_value = linear(width, 3 * sizes.attention)
        self.out = linear(sizes.attention, width)
        self.gate_attention = Gate(width, dtype, rngs)
        self.norm_dense = nnx.LayerNorm(width, rngs=rngs)
        self.dense = linear(width, width)
        self.gate_dense = Gate(width, dtype, rngs)
        self.joint = linear(3 * width, width)
        self.thruster = linear(2 * width, width)

    def __call__(
        self,
        x: Float[Array, "batch body w"],
        seen: Bool[Array, "batch head body body"],
        links: tuple[Float[Array, "batch joint w"], Float[Array, "batch thruster w"]],
        ends: Float[Array, "batch end body"],
    ) -> Float[Array, "batch body w"]:
        """The bodies after this layer. `ends`: joints' first bodies, thrusters' bodies, joints' second bodies."""
        packed = self.query_key_value(normed(self.norm_attention, x))
        query, key, value = jnp.split(packed.reshape(*x.shape[:2], 3 * self.heads, -1), 3, axis=2)
        y = self.gate_attention(x, nnx.relu(self.out(attend(query, key, value, seen))))
        x = self.gate_dense(y, nnx.relu(self.dense(normed(self.norm_dense, y))))
        joints, thrusters = links
        at = (joints.shape[1], joints.shape[1] + thrusters.shape[1])
        start, pushed, far = jnp.split(ends @ x, at, axis=1)
        of_joints = self.joint(jnp.concatenate([start, far, joints], axis=-1))
        of_thrusters = self.thruster(jnp.concatenate([pushed, thrusters], axis=-1))
        # a row of `ends` is zero for what does not exist, so no body receives its message
        messages = jnp.concatenate([of_joints, of_thrusters], axis=1)
        return x + jnp.einsum("bmn,bmw->bnw", ends[:, : at[1]], messages)


class PublishedTransformer(nnx.Module):
    """A network from a batch of entity observations to action distributions and values."""

    def __init__(self, observation: Entities, head: Head, sizes: Sizes, legacy_kinds: bool, rngs: nnx.Rngs) -> None:
        self.head, self.dtype, self.heads = head, sizes.dtype, sizes.heads
        self.polygon_mark = 0.0 if legacy_kinds else 1.0
        columns, width = columns_of(observation), sizes.width
        layer = partial(self._dense, dtype=sizes.dtype, rngs=rngs)
        own = {"polygons": width - 1, "circles": width - 1, "joints": width, "thrusters": width}
        self.encoders = nnx.Dict({kind: layer(columns[kind], own[kind]) for kind in KINDS})
        self.layers = nnx.List([Layer(sizes, rngs) for _ in range(sizes.layers)])
        widths = [width] + [sizes.head_width] * sizes.head_depth
        self.actor = nnx.List([layer(inputs, outputs) for inputs, outputs in pairwise(widths)])
        self.critic = nnx.List([layer(inputs, outputs) for inputs, outputs in pairwise(widths)])
        self.logits = layer(widths[-1], head.size, 0.01)
        self.value = layer(widths[-1], 1, 1.0)
        if head.reals:
            self.log_std = nnx.Param(jnp.zeros(head.reals))

    @staticmethod
    def _dense(inputs: int, outputs: int, scale: float = 2**0.5, *, dtype: Any, rngs: nnx.Rngs) -> nnx.Linear:
        return nnx.Linear(inputs, outputs, kernel_init=nnx.initializers.orthogonal(scale), dtype=dtype, rngs=rngs)

    def __call__(self, obs: Entities, remember: Remember = forget) -> tuple[Distribution, Float[Array, " batch"]]:
        """The action distributions and the values, [batch]."""
        features = features_of(obs, self.dtype)
        encoded = {kind: jnp.tanh(self.encoders[kind](features[kind])) for kind in KINDS}
        x, exists = self._bodies(encoded["polygons"], encoded["circles"], obs)
        seen = jnp.ones((len(exists), RELATIONS, *exists.shape[1:], *exists.shape[1:]), bool)
        seen = seen.at[:, :, 1:, 1:].set(obs.attention_mask) & exists[:, None, :, None] & exists[:, None, None]
        seen = jnp.repeat(seen, self.heads // RELATIONS, axis=1)
        ends = self._ends(obs, exists.shape[1])
        for layer in self.layers:
            x = layer(x, seen, (encoded["joints"], encoded["thrusters"]), ends)
        actor = critic = remember(jnp.mean(x, axis=1, where=exists[..., None]))
        for of_actor, of_critic in zip(self.actor, self.critic, strict=True):
            actor, critic = jnp.tanh(of_actor(actor)), jnp.tanh(of_critic(critic))
        numbers, value = self.logits(actor).astype(jnp.float32), self.value(critic)[:, 0].astype(jnp.float32)
        return self.head.distribution(numbers, self.log_std[...] if self.head.reals else None), value

    def _bodies(
        self, polygons: Float[Array, "batch polygon c"], circles: Float[Array, "batch circle c"], obs: Entities
    ) -> tuple[Float[Array, "batch row c+1"], Bool[Array, "batch row"]]:
        """The features of token, polygons and circles, and the mask of those that exist."""

        def marked(rows: jax.Array, mark: float) -> jax.Array:
            return jnp.pad(rows, ((0, 0), (0, 0), (0, 1)), constant_values=mark)

        bodies = jnp.concatenate([marked(polygons, self.polygon_mark), marked(circles, 0.0)], axis=1)
        exists = jnp.concatenate([obs.polygon_mask, obs.circle_mask], axis=1)
        before = ((0, 0), (1, 0))
        return jnp.pad(bodies, (*before, (0, 0)), constant_values=1.0), jnp.pad(exists, before, constant_values=True)

    def _ends(self, obs: Entities, rows: int) -> Float[Array, "batch end row"]:
        """One-hot rows of joints' first bodies, thrusters' bodies and joints' second bodies."""
        joints, thrusters = obs.joint_indexes, obs.thruster_indexes
        index = jnp.concatenate([joints[..., 0], thrusters, joints[..., 1]], axis=1)
        exists = jnp.concatenate([obs.joint_mask, obs.thruster_mask, obs.joint_mask], axis=1)
        hot = jax.nn.one_hot(index + 1, rows, dtype=self.dtype)  # the token is row 0
        return jnp.where(exists[..., None], hot, jnp.zeros((), self.dtype))
