"""Fixed joint: two bodies share a point and keep their relative angle.

  C     angle_b - angle_a - rotation = 0
  Cdot  w_b - w_a
The angular impulse takes Cdot and fixed_joint_bias times C in every step, and is accumulated."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...params import PhysicsParams
from ...scene import Joints
from .common import AngleRows

__all__ = ["angle_rows"]


def angle_rows(joints: Joints, turn: Float[Array, "joint lane"], params: PhysicsParams) -> AngleRows:
    """The held angles of joints that are off by `turn`, in rad."""
    always = jnp.ones_like(joints.fixed)
    return AngleRows(holds=always, bias=turn * params.fixed_joint_bias, two_sided=always)
