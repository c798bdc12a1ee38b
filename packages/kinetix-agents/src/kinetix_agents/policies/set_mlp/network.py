"""The set network: bodies, then joints and thrusters with what they hold on to, then the whole scene.

Every body's features include its position relative to the green and the blue shapes, which the task is about. Walls,
which never move, are left out but for their roles, and so is whatever does not exist. Nothing depends on the order of
entities: they are added up, or looked up by a product with a one-hot matrix (a gather with other indices in each row
of a batch is slow).

The published set network (arXiv:2410.23208, appendix) sums all entities once and knows no relations; it has 222 k
parameters, this one about 20 k."""

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from kinetix_env.observations import Entities
from kinetix_env.protocols import ActionSpace, Distribution

from ..actuators import ActuatorHead, Actuators
from ..layers import dense
from ..network import Remember, forget
from .columns import (
    ANCHOR,
    ANGLE,
    BLUE,
    DIRECTION,
    GREEN,
    INVERSE_MASSES,
    MOTOR,
    MOTOR_BINDING,
    PLACE,
    POSITION,
    ROLES,
    THRUSTER_BINDING,
    VELOCITY,
)

__all__ = ["SetNetwork"]

# Further columns
RELATIVE = 6  # of a body: from green and from blue (m), velocity as seen from green (m/s)
ANCHORED = 2  # of a joint: the anchor from the body's centre, in the world's frame (m)
AIMED = 8  # of a thruster: direction and place in the world's frame, along and across the ways from green and blue


class SetNetwork(nnx.Module):
    """Maps a batch of entities to a distribution over actions and a value."""

    def __init__(
        self, obs: Entities, space: ActionSpace, rngs: nnx.Rngs, *, width: int, trunk: int, static_polygons: int
    ) -> None:
        """`obs` are the shapes of one observation; the sizes are those of `SetMLP`."""
        self.static = min(static_polygons, obs.polygons.shape[0])
        self.polygon = dense(obs.polygons.shape[1] + RELATIVE, width, rngs)
        self.circle = dense(obs.circles.shape[1] + RELATIVE, width, rngs)
        self.joint = dense(obs.joints.shape[1] + ANCHORED + 2 * width, width, rngs)
        self.thruster = dense(obs.thrusters.shape[1] + AIMED + width, width, rngs)
        self.body = dense(2 * width, width, rngs)
        self.scene = dense(5 * width + 4 * self.static, trunk, rngs)
        self.deeper = dense(trunk, trunk, rngs)
        self.value = dense(trunk, 1, rngs, scale=1.0)
        self.head = ActuatorHead(space, width, trunk, rngs)

    def __call__(self, obs: Entities, remember: Remember = forget) -> tuple[Distribution, Float[Array, " batch"]]:
        """Return the distribution over actions and the value."""
        bodies, exists, roles, facts = self._bodies(obs)
        # who is joined to whom, and pushed by what; walls count as nothing
        ends = jax.nn.one_hot(obs.joint_indexes, self.static + bodies.shape[1])[..., self.static :]
        ends = jnp.where(obs.joint_mask[..., None, None], ends, 0.0)
        here, there = ends[:, :, 0], ends[:, :, 1]
        pushed = jax.nn.one_hot(obs.thruster_indexes, self.static + bodies.shape[1])[..., self.static :]
        pushed = jnp.where(obs.thruster_mask[..., None], pushed, 0.0)
        anchors = _turned(obs.joints[..., ANCHOR], here @ facts)
        joints = _layer(self.joint, obs.joint_mask, obs.joints, anchors, here @ bodies, there @ bodies)
        aims = _aims(obs.thrusters, pushed @ facts)
        thrusters = _layer(self.thruster, obs.thruster_mask, obs.thrusters, aims, pushed @ bodies)
        messages = jnp.swapaxes(here, 1, 2) @ joints + jnp.swapaxes(pushed, 1, 2) @ thrusters
        bodies = _layer(self.body, exists, bodies, messages)
        of_roles = jnp.swapaxes(roles, 1, 2) @ bodies  # [batch, 3, width]: all, green, blue
        walls = obs.polygons[:, : self.static, ROLES]
        parts = [*(part.reshape(len(bodies), -1) for part in (of_roles, walls)), joints.sum(1), thrusters.sum(1)]
        scene = remember(nnx.relu(self.scene(jnp.concatenate(parts, axis=-1))))
        scene = nnx.relu(self.deeper(scene))
        motor_of = obs.joints[..., MOTOR_BINDING] * obs.joints[..., MOTOR, None]  # one-hot, zero without a motor
        thruster_of = jnp.where(obs.thruster_mask[..., None], obs.thrusters[..., THRUSTER_BINDING], 0.0)
        actuators = Actuators(
            motors=jnp.swapaxes(motor_of, 1, 2) @ joints,
            thrusters=jnp.swapaxes(thruster_of, 1, 2) @ thrusters,
            motor_exists=(motor_of > 0).any(1),
            thruster_exists=(thruster_of > 0).any(1),
        )
        return self.head(scene, actuators), self.value(scene)[:, 0]

    def _bodies(self, obs: Entities) -> tuple[Array, Array, Array, Array]:
        """What is known of each movable slot [batch, body, width], whether it exists, and if it is green or blue.

        Last, plain facts about it: the columns of `RELATIVE`, sine and cosine of its angle.
        """
        polygons, circles = _calm(obs.polygons[:, self.static :]), _calm(obs.circles)
        exists = jnp.concatenate([obs.polygon_mask[:, self.static :], obs.circle_mask], axis=1)
        common = jnp.concatenate([polygons[..., : ANGLE.stop], circles[..., : ANGLE.stop]], axis=1)
        position, velocity = common[..., POSITION], common[..., VELOCITY]
        green, blue = common[..., GREEN], common[..., BLUE]
        relative = jnp.concatenate(
            [
                position - _centre(position, green),
                position - _centre(position, blue),
                velocity - _centre(velocity, green),
            ],
            axis=-1,
        )
        count = polygons.shape[1]
        embedded = jnp.concatenate(
            [
                _layer(self.polygon, exists[:, :count], polygons, relative[:, :count]),
                _layer(self.circle, exists[:, count:], circles, relative[:, count:]),
            ],
            axis=1,
        )
        roles = jnp.stack([exists.astype(jnp.float32), green, blue], axis=-1)
        return embedded, exists, roles, jnp.concatenate([relative, common[..., ANGLE]], axis=-1)


def _turned(vectors: Float[Array, "batch row 2"], facts: Float[Array, "batch row fact"]) -> Array:
    """Rotate vectors from the frames of their bodies to the world frame."""
    x, y = vectors[..., 0], vectors[..., 1]
    sin, cos = facts[..., RELATIVE], facts[..., RELATIVE + 1]
    return jnp.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)


def _aims(thrusters: Float[Array, "batch row column"], facts: Float[Array, "batch row fact"]) -> Array:
    """The columns of `AIMED`, products that a small network would have to learn."""
    direction = _turned(thrusters[..., DIRECTION][..., ::-1], facts)
    ways = facts[..., None, :4].reshape(*facts.shape[:-1], 2, 2)  # from green, from blue
    along = (ways * direction[..., None, :]).sum(-1)
    across = ways[..., 0] * direction[..., 1:] - ways[..., 1] * direction[..., :1]
    return jnp.concatenate([direction, _turned(thrusters[..., PLACE], facts), along, across], axis=-1)


def _calm(rows: Float[Array, "batch row column"]) -> Float[Array, "batch row column"]:
    """Replace inverse masses and inertias, which are in the thousands for small bodies, by their logarithms."""
    logarithms = jnp.log1p(rows[..., INVERSE_MASSES])
    return jnp.concatenate([rows[..., : INVERSE_MASSES.start], logarithms, rows[..., INVERSE_MASSES.stop :]], axis=-1)


def _layer(layer: nnx.Linear, exists: Array, *parts: Array) -> Array:
    """Apply one layer to rows made of several parts; the result is zero where no entity exists."""
    return jnp.where(exists[..., None], nnx.relu(layer(jnp.concatenate(parts, axis=-1))), 0.0)


def _centre(values: Float[Array, "batch body 2"], weights: Float[Array, "batch body"]) -> Float[Array, "batch 1 2"]:
    """Return the mean over the bodies of a role; 0 without any."""
    total = (values * weights[..., None]).sum(1, keepdims=True)
    return total / jnp.maximum(weights.sum(1)[:, None, None], 1.0)
