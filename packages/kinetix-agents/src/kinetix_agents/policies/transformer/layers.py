"""One layer of the fast transformer: bodies look at each other, joints and thrusters pass messages, each row thinks.

    x += attention(norm(x)),   x += messages(norm(x), links),   x += mlp(norm(x))

Walls are seen but do not look: they never move, so they need no state of their own. How strongly two bodies attend to
each other depends on how they are related by a number that each head learns. A link, that is a joint or a thruster,
has a state of its own: it reads the states of the bodies it holds and the sum of those of all links that listen to the
same component of the action, and sends a message to each of its bodies."""

from functools import partial
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from .operations import attend, normed
from .sizes import Sizes

__all__ = ["RELATIONS", "Layer", "Links", "Scene"]

RELATIONS = 3  # in one chain of joints, joined directly, touching


class Links(eqx.Module):
    """Joints and thrusters, of a batch."""

    joints: Float[Array, "batch joint w"]  # features of joints
    thrusters: Float[Array, "batch thruster w"]  # features of thrusters


class Scene(eqx.Module):
    """The inputs shared by all layers. Rows are walls, bodies that may move, and a token."""

    walls: Float[Array, "batch wall w"]  # features of walls
    exists: Bool[Array, "batch row"]  # whether each row is an entity of the level
    related: Float[Array, "batch looking row 3"]  # 1 or 0; walls do not look
    ends: Float[Array, "batch end row"]  # one-hot: joints' bodies a, their bodies b, thrusters' bodies; or zero
    joint_mates: Float[Array, "batch joint joint"]  # 1 where both listen to the same motor, else 0
    thruster_mates: Float[Array, "batch thruster thruster"]  # 1 where both listen to the same thruster number, else 0


class Messages(nnx.Module):
    """A network that computes the messages of links to their bodies."""

    def __init__(self, width: int, bodies: int, linear: Any) -> None:
        self.read = linear((bodies + 2) * width, width)
        self.tell = linear(width, (bodies + 1) * width)

    def __call__(
        self, links: Float[Array, "batch link w"], mates: Float[Array, "batch link link"], *bodies: Array
    ) -> list[Float[Array, "batch link w"]]:
        """What to add to the links, and to each of their bodies (bodies of links, [batch, link, w])."""
        thought = nnx.gelu(self.read(jnp.concatenate([links, mates @ links, *bodies], axis=-1)))
        return jnp.split(self.tell(thought), len(bodies) + 1, axis=-1)


class Layer(nnx.Module):
    """One layer: attention among bodies, messages of links, and a perceptron per row."""

    def __init__(self, sizes: Sizes, rngs: nnx.Rngs) -> None:
        width, dtype = sizes.width, sizes.dtype
        linear = partial(nnx.Linear, dtype=dtype, rngs=rngs)
        norm = partial(nnx.RMSNorm, width, rngs=rngs)
        self.heads = sizes.heads
        self.norm_attention, self.norm_bodies, self.norm_links, self.norm_mlp = norm(), norm(), norm(), norm()
        self.query = linear(width, sizes.attention)
        self.key_value = linear(width, 2 * sizes.attention)
        self.out = linear(sizes.attention, width)
        self.relation = nnx.Param(jnp.zeros((sizes.heads, RELATIONS)))
        self.joint = Messages(width, 2, linear)
        self.thruster = Messages(width, 1, linear)
        self.up, self.down = linear(width, 2 * width), linear(2 * width, width)

    def __call__(
        self, x: Float[Array, "batch looking w"], links: Links, scene: Scene
    ) -> tuple[Float[Array, "batch looking w"], Links]:
        """The features of bodies, [batch, looking, w], and the links after this layer."""
        x = x + self._attention(x, scene)
        messages, links = self._messages(x, links, scene)
        x = x + messages
        return x + self.down(nnx.gelu(self.up(normed(self.norm_mlp, x)))), links

    def _attention(self, x: Float[Array, "batch looking w"], scene: Scene) -> Float[Array, "batch looking w"]:
        batch, looking, _ = x.shape
        rows = normed(self.norm_attention, jnp.concatenate([scene.walls, x], axis=1))
        query = self.query(rows[:, -looking:]).reshape(batch, looking, self.heads, -1)
        key, value = jnp.split(self.key_value(rows).reshape(batch, rows.shape[1], 2 * self.heads, -1), 2, axis=2)
        bias = jnp.einsum("blrk,hk->bhlr", scene.related, self.relation[...].astype(x.dtype))
        return self.out(attend(query, key, value, scene.exists[:, None, None], bias))

    def _messages(
        self, x: Float[Array, "batch looking w"], links: Links, scene: Scene
    ) -> tuple[Float[Array, "batch looking w"], Links]:
        """Return the sum of the messages to each body, and the updated links."""
        joints = links.joints.shape[1]
        rows = normed(self.norm_bodies, jnp.concatenate([scene.walls, x], axis=1))
        a, b, pushed = jnp.split(scene.ends @ rows, (joints, 2 * joints), axis=1)
        of_joint, to_a, to_b = self.joint(normed(self.norm_links, links.joints), scene.joint_mates, a, b)
        of_thruster, to_pushed = self.thruster(normed(self.norm_links, links.thrusters), scene.thruster_mates, pushed)
        # rows of `ends` are zero for links that do not exist, so these send no messages
        looking = scene.ends[..., -x.shape[1] :]
        messages = jnp.einsum("ber,bew->brw", looking, jnp.concatenate([to_a, to_b, to_pushed], axis=1))
        return messages, Links(links.joints + of_joint, links.thrusters + of_thruster)
