"""Action heads: from features of the scene, the motors and the thrusters to a distribution over actions.

All motors share one head and all thrusters another, so that what is learnt about one applies to all. Components of the
action that no motor or thruster is bound to are fixed to the neutral choice, so they add no exploration or gradient.

An action space whose outputs do not belong to motors and thrusters gets one head on the scene."""

from typing import NamedTuple

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from kinetix_env.protocols import ActionSpace, Distribution

from ..distributions import head_of
from .layers import dense

__all__ = ["ActuatorHead", "Actuators"]

SMALL = 0.01  # scale of the last layer's initial weights: all actions start about equally likely
HIDDEN = 32


class Actuators(NamedTuple):
    """Features of the motors and thrusters bound to each component of an action."""

    motors: Float[Array, "batch motor width"]
    thrusters: Float[Array, "batch thruster width"]
    motor_exists: Bool[Array, "batch motor"]
    thruster_exists: Bool[Array, "batch thruster"]


class ActuatorHead(nnx.Module):
    """Maps features to a distribution over the actions of a space."""

    def __init__(self, space: ActionSpace, width: int, trunk: int, rngs: nnx.Rngs, hidden: int = HIDDEN) -> None:
        """`width` is the number of features of an actuator, `trunk` that of the scene."""
        self.head = head_of(space)
        outputs = self.head.outputs
        self.widths = (outputs.motor, outputs.thruster) if outputs.by_actuator else None
        if self.head.reals:
            self.log_std = nnx.Param(jnp.full(self.head.reals, -0.5))
        if self.widths is None:
            self.whole = dense(trunk, self.head.size, rngs, SMALL)
            return
        self.motor_scene, self.thruster_scene = (dense(trunk, hidden, rngs) for _ in range(2))
        self.motor, self.thruster = (
            nnx.Linear(width, hidden, use_bias=False, kernel_init=nnx.initializers.orthogonal(2**0.5), rngs=rngs)
            for _ in range(2)
        )
        self.of_motor, self.of_thruster = (dense(hidden, count, rngs, SMALL) for count in self.widths)
        if outputs.neutral:
            self.nothing = dense(trunk, 1, rngs, SMALL)

    def __call__(self, scene: Float[Array, "batch trunk"], actuators: Actuators) -> Distribution:
        """Return the distribution over actions, one per row."""
        log_std = self.log_std[...] if self.head.reals else None
        if self.widths is None:
            return self.head.distribution(self.whole(scene), log_std)
        motors = self._each(scene, actuators.motors, self.motor_scene, self.motor, self.of_motor)
        thrusters = self._each(scene, actuators.thrusters, self.thruster_scene, self.thruster, self.of_thruster)
        flat = [motors, thrusters]
        exists = [_wide(actuators.motor_exists, self.widths[0]), _wide(actuators.thruster_exists, self.widths[1])]
        if hasattr(self, "nothing"):
            flat.insert(1, self.nothing(scene))
            exists.insert(1, jnp.ones((len(scene), 1), bool))
        used = jnp.concatenate(exists, axis=1)
        if len(self.head.choices) > 1:
            used = used | jnp.array([first for n in self.head.choices for first in [True] + [False] * (n - 1)])
        return self.head.distribution(jnp.concatenate(flat, axis=1), log_std, used)

    def _each(
        self,
        scene: Float[Array, "batch trunk"],
        rows: Float[Array, "batch number width"],
        of_scene: nnx.Linear,
        of_row: nnx.Linear,
        out: nnx.Linear,
    ) -> Float[Array, "batch out"]:
        """Return the outputs of all actuators of a kind, concatenated."""
        return out(nnx.relu(of_scene(scene)[:, None] + of_row(rows))).reshape(len(scene), -1)


def _wide(exists: Bool[Array, "batch number"], width: int) -> Bool[Array, "batch out"]:
    """Repeat whether an actuator exists for each of its outputs."""
    return jnp.repeat(exists, width, axis=1)
