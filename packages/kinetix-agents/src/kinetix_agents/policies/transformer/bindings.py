"""The bindings of joints and thrusters: the components of the action that drive them."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from kinetix_env.level import MOTOR_BINDINGS, THRUSTER_BINDINGS
from kinetix_env.observations import JOINT, THRUSTER, Entities

__all__ = ["BINDINGS", "listening", "without_bindings"]

MOTOR = JOINT["motor"].start  # whether a joint has a motor
BINDINGS = {  # first column and number of columns, one-hot
    "joints": (JOINT["binding"].start, MOTOR_BINDINGS),
    "thrusters": (THRUSTER["binding"].start, THRUSTER_BINDINGS),
}


def _binding(kind: str, rows: Float[Array, "batch row column"]) -> Bool[Array, "batch row actuator"]:
    start, count = BINDINGS[kind]
    return rows[..., start : start + count] > 0


def listening(obs: Entities) -> tuple[Bool[Array, "batch joint 4"], Bool[Array, "batch thruster 2"]]:
    """Which motor each joint listens to, and which thruster each thruster; none where there is no motor or no row."""
    count = obs.joints.shape[1] // 2  # the second half says the same of the other direction
    joints = obs.joints[:, :count]
    motor = (joints[..., MOTOR] > 0) & obs.joint_mask[:, :count]
    of_joints = motor[..., None] & _binding("joints", joints)
    return of_joints, obs.thruster_mask[..., None] & _binding("thrusters", obs.thrusters)


def without_bindings(kind: str, rows: Float[Array, "batch row column"]) -> Float[Array, "batch row shorter"]:
    """The rows, [batch, row, column], without the columns of bindings."""
    if kind not in BINDINGS:
        return rows
    start, count = BINDINGS[kind]
    return jnp.concatenate([rows[..., :start], rows[..., start + count :]], axis=-1)
