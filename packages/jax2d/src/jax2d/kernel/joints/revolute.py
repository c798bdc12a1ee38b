"""Revolute joint: two bodies share a point and turn freely about it, between limits if it has them.

With the joint angle  a = angle_b - angle_a - rotation:
  C     a - min_angle >= 0 and max_angle - a >= 0, if limited
  Cdot  w_b - w_a
A limit acts in the steps that begin beyond it. Its impulse takes Cdot and limit_bias times the excess, unless the joint
returns by itself; it is not accumulated. Motors are in `kernel/actuators.py`."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...params import PhysicsParams
from ...scene import Joints
from .common import AngleRows

__all__ = ["angle_rows"]


def angle_rows(joints: Joints, turn: Float[Array, "joint lane"], params: PhysicsParams) -> AngleRows:
    """The limits of joints at an angle, in rad."""
    allowed = jnp.clip(turn, joints.min_angle, joints.max_angle)
    return AngleRows(
        holds=joints.limited & (allowed != turn),
        bias=(turn - allowed) * params.limit_bias,
        two_sided=jnp.zeros_like(joints.limited),
    )
