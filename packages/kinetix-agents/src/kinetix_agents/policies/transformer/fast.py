"""A transformer for the entity observation that does little work: rows for what can move, and a token.

Every row starts as a small network of its features. Bodies and the token go through layers (layers.py), in which walls
take part only as something to be seen, joints as one row each and thrusters as one row. The token, which sees
everything, is what the value and the action are made from, the latter with joints and thrusters (heads.py).

The output does not change when bodies of a kind (walls among themselves), joints or thrusters are listed in another
order. With an `ActuatorHead` no row says which number of the action it listens to, only which rows listen to the same:
to number motors or thrusters otherwise numbers the output likewise, and does nothing else.
Features are linear up to 5 and logarithmic beyond, for inverse inertias go up to thousands."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from kinetix_env.observations import Entities
from kinetix_env.protocols import ActionSpace, Distribution

from ..network import Remember, forget
from .bindings import BINDINGS, listening, without_bindings
from .heads import ActuatorHead, Perceptron, head_for
from .layers import Layer, Links, Scene
from .operations import normed
from .sizes import KINDS, Sizes, columns_of, features_of

__all__ = ["FastTransformer"]

LINEAR = 5.0  # features are linear up to here; the world is 5 m wide


def compressed(x: Float[Array, "*any"]) -> Float[Array, "*any"]:
    """x up to LINEAR, and beyond it LINEAR + log(1 + excess), with its sign; smooth to the first derivative."""
    near = jnp.clip(x, -LINEAR, LINEAR)
    return near + jnp.sign(x) * jnp.log1p(jnp.abs(x - near))


class Encoder(nnx.Module):
    """A network from a row of features to a row of `width` features."""

    def __init__(self, columns: int, sizes: Sizes, rngs: nnx.Rngs) -> None:
        linear = partial(nnx.Linear, dtype=sizes.dtype, rngs=rngs)
        self.first, self.second = linear(columns, sizes.width), linear(sizes.width, sizes.width)

    def __call__(self, features: Float[Array, "batch row column"]) -> Float[Array, "batch row w"]:
        """Encoded rows, [batch, row, w]."""
        return self.second(nnx.gelu(self.first(features)))


class FastTransformer(nnx.Module):
    """A network from a batch of entity observations to action distributions and values."""

    def __init__(self, observation: Entities, space: ActionSpace, sizes: Sizes, walls: int, rngs: nnx.Rngs) -> None:
        self.walls, self.dtype = walls, sizes.dtype
        columns = columns_of(observation)
        self.action = head_for(space, sizes, rngs)
        self.anonymous = isinstance(self.action, ActuatorHead)
        if self.anonymous:
            columns |= {kind: columns[kind] - count for kind, (_, count) in BINDINGS.items()}
        self.encoders = nnx.Dict({kind: Encoder(columns[kind], sizes, rngs) for kind in KINDS})
        self.token = nnx.Param(jax.random.normal(rngs.params(), (sizes.width,)))
        self.layers = nnx.List([Layer(sizes, rngs) for _ in range(sizes.layers)])
        norm = partial(nnx.RMSNorm, sizes.width, rngs=rngs)
        self.norm_token, self.norm_links = norm(), norm()
        self.value = Perceptron(sizes.width, 1, 1.0, sizes, rngs)

    def __call__(self, obs: Entities, remember: Remember = forget) -> tuple[Distribution, Float[Array, " batch"]]:
        """The action distributions and the values, [batch]."""
        walls, x, links = self._encoded(obs)
        listeners = listening(obs)
        batch, (joint_mates, thruster_mates) = len(x), [self._mates(each) for each in listeners]
        scene = Scene(
            walls=walls,
            exists=jnp.concatenate([obs.polygon_mask, obs.circle_mask, jnp.ones((batch, 1), bool)], axis=1),
            related=self._related(obs),
            ends=_ends(obs, self.dtype),
            joint_mates=joint_mates,
            thruster_mates=thruster_mates,
        )
        for layer in self.layers:
            x, links = layer(x, links, scene)
        token = remember(normed(self.norm_token, x[:, -1]))
        links = Links(normed(self.norm_links, links.joints), normed(self.norm_links, links.thrusters))
        return self.action(token, links, listeners), self.value(token)[:, 0]

    def _encoded(self, obs: Entities) -> tuple[Float[Array, "batch wall w"], Float[Array, "batch looking w"], Links]:
        """The encoded walls, the encoded bodies with the token, and the encoded links."""
        features = features_of(obs, jnp.float32)
        # each joint has two rows, of which the first says all: from its body b to its body a
        features["joints"] = features["joints"][:, : features["joints"].shape[1] // 2]
        if self.anonymous:
            features = {kind: without_bindings(kind, features[kind]) for kind in KINDS}
        encoded = {kind: self.encoders[kind](compressed(features[kind])) for kind in KINDS}
        token = jnp.broadcast_to(self.token[...].astype(self.dtype), (len(obs.polygons), 1, self.token.shape[0]))
        walls, polygons = jnp.split(encoded["polygons"], (self.walls,), axis=1)
        bodies = jnp.concatenate([polygons, encoded["circles"], token], axis=1)
        return walls, bodies, Links(encoded["joints"], encoded["thrusters"])

    def _mates(self, listeners: Bool[Array, "batch link actuator"]) -> Float[Array, "batch link link"]:
        """1 where two links listen to the same component of the action, else 0."""
        listeners = listeners.astype(self.dtype)
        return listeners @ jnp.swapaxes(listeners, 1, 2)

    def _related(self, obs: Entities) -> Float[Array, "batch looking row 3"]:
        """Relations of rows, 0 or 1: in one chain, joined, touching (in one order of each touching pair only)."""
        _, chained, joined, touching = jnp.moveaxis(obs.attention_mask, 1, 0)
        touching |= jnp.swapaxes(touching, 1, 2)
        related = jnp.stack([chained, joined, touching], axis=-1)[:, self.walls :]
        return jnp.pad(related, ((0, 0), (0, 1), (0, 1), (0, 0))).astype(self.dtype)


def _ends(obs: Entities, dtype: Any) -> Float[Array, "batch end row"]:
    """One-hot rows of joints' bodies a, their bodies b and thrusters' bodies; zero for links that do not exist."""
    count = obs.joint_mask.shape[1] // 2
    exists = jnp.concatenate([obs.joint_mask[:, :count], obs.joint_mask[:, :count], obs.thruster_mask], axis=1)
    joints = obs.joint_indexes[:, :count]
    index = jnp.concatenate([joints[..., 1], joints[..., 0], obs.thruster_indexes], axis=1)
    hot = jax.nn.one_hot(index, obs.attention_mask.shape[-1] + 1, dtype=dtype)  # the last row is the token
    return jnp.where(exists[..., None], hot, jnp.zeros((), dtype))
