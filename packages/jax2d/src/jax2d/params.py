"""Parameters of the simulation itself: one set for all scenes, or one per scene (domain randomisation).

The defaults are those of Jax2D 1.0.2, so that levels made for it play the same here."""

import math
from dataclasses import fields

import equinox as eqx
from jaxtyping import Array, Float

from .errors import SceneError

__all__ = ["PhysicsParams"]

_MAY_BE_ZERO = {"slop", "contact_bias", "joint_bias", "joint_correction", "fixed_joint_bias", "limit_bias", "friction"}


class PhysicsParams(eqx.Module):
    """Step length, bias coefficients, limits and actuator strengths.

    A field is a Python number, which is compiled in, or an array. With `jax.vmap` over arrays each
    scene has its own value.
    """

    dt: float | Float[Array, ""] = 1 / 60  # s
    slop: float | Float[Array, ""] = 0.01  # m, overlap left alone so that resting contacts stay contacts
    contact_bias: float | Float[Array, ""] = 0.2  # fraction of the overlap beyond the slop that is removed per step
    joint_bias: float | Float[Array, ""] = 2.0  # 1/s, velocity per metre of anchor separation
    joint_correction: float | Float[Array, ""] = 0.7  # fraction of the anchor separation that is removed per iteration
    joint_stiffness: float | Float[Array, ""] = 0.6  # fraction of the joint impulse that is applied per iteration
    fixed_joint_bias: float | Float[Array, ""] = 2.0  # 1/s, angular velocity per radian of twist
    limit_bias: float | Float[Array, ""] = 5.0  # 1/s, angular velocity per radian beyond a limit
    motor_speed: float | Float[Array, ""] = 6.0  # rad/s at motor speed 1 and action 1
    motor_power: float | Float[Array, ""] = 900.0  # rad/s^2 at motor power 1, at full torque
    motor_response: float | Float[Array, ""] = 0.1  # s/rad, how fast a motor reaches its full torque
    motor_fade: float | Float[Array, ""] = 0.1  # rad before a limit over which a motor weakens
    thruster_power: float | Float[Array, ""] = 10.0  # N at thruster power 1 and action 1
    friction: float | Float[Array, ""] = 0.4  # factor of every body's own friction
    max_position: float | Float[Array, ""] = 15.0  # m, coordinates are clipped here
    max_velocity: float | Float[Array, ""] = 100.0  # m/s, each component
    max_angular_velocity: float | Float[Array, ""] = 50.0  # rad/s

    def __check_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, (int, float)):
                continue  # arrays may be traced; their owner vouches for them
            zero = field.name in _MAY_BE_ZERO
            if not math.isfinite(value) or value < 0 or (value == 0 and not zero):
                takes = "at least 0" if zero else "greater than 0"
                raise SceneError(f"PhysicsParams.{field.name} must be finite and {takes}, got {value!r}.")
