"""The physical numbers of Jax2D in terms that Box2D and MuJoCo take, so that scenes behave alike.

A Jax2D motor turns with impulse tanh(0.1 (w - target)) 900 power dt / (1/I_a + 1/I_b); near the target that is a
velocity servo of gain 90 power I, and its torque at a standstill is that gain times the target for small targets.
Friction: sqrt((0.4 f_a)^2 + (0.4 f_b)^2) with both f = 1."""

import math

from benchmarks.engine.description import Joint, Thruster

__all__ = ["DT", "FRICTION", "GRAVITY", "motor_gain", "motor_speed", "motor_torque", "thrust"]

DT = 1 / 60  # s
GRAVITY = 9.81  # m/s^2
FRICTION = math.hypot(0.4, 0.4)
_SPEED = 6.0  # rad/s at action 1
_POWER = 900.0  # rad/s^2 at full torque
_RESPONSE = 0.1  # s/rad


def motor_speed(action: float) -> float:
    """Target speed in rad/s."""
    return _SPEED * action


def _inertia(a: float, b: float) -> float:
    """Inertia that a motor between two bodies feels, in kg m^2."""
    return a * b / (a + b)


def motor_gain(joint: Joint, inertia_a: float, inertia_b: float) -> float:
    """Torque a unit of speed error, in N m s/rad."""
    return _RESPONSE * _POWER * joint["power"] * _inertia(inertia_a, inertia_b)


def motor_torque(joint: Joint, inertia_a: float, inertia_b: float) -> float:
    """Torque of the motor from a standstill at action 1, in N m."""
    return math.tanh(_RESPONSE * _SPEED) * _POWER * joint["power"] * _inertia(inertia_a, inertia_b)


def thrust(thruster: Thruster) -> float:
    """Force at action 1, in N."""
    return 10.0 * thruster["power"]
