"""From what a network knows of the scene and of the motors and thrusters to a distribution over actions.

One head is shared by all motors and one by all thrusters, so what is learnt of one is known of all. A number of the
action that nothing listens to can only be the one that does nothing: it costs no exploration and no gradient.

An action space whose outputs do not belong to motors and thrusters gets one head on the scene."""

from typing import NamedTuple

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from kinetix_env.protocols import ActionSpace, Distribution

from ..distributions import head_of
from .layers import dense

__all__ = ["ActuatorHead", "Actuators"]

SMALL = 0.01  # scale of the last layer's weights: at first all actions are about equally likely
HIDDEN = 32


class Actuators(NamedTuple):
    """What is known of whatever listens to each number of an action."""

    motors: Float[Array, "batch motor width"]
    thrusters: Float[Array, "batch thruster width"]
    motor_exists: Bool[Array, "batch motor"]
    thruster_exists: Bool[Array, "batch thruster"]


class ActuatorHead(nnx.Module):
    """Gives the distribution over the actions of a space."""

    def __init__(self, space: ActionSpace, width: int, trunk: int, rngs: nnx.Rngs, hidden: int = HIDDEN) -> None:
        """`width` is that of `Actuators`, `trunk` that of the scene."""
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
        """The distribution of each row."""
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
        """The numbers of all actuators of a kind, side by side."""
        return out(nnx.relu(of_scene(scene)[:, None] + of_row(rows))).reshape(len(scene), -1)


def _wide(exists: Bool[Array, "batch number"], width: int) -> Bool[Array, "batch out"]:
    """For each number of an actuator whether the actuator exists."""
    return jnp.repeat(exists, width, axis=1)
