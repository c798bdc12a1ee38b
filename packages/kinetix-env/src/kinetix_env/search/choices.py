"""The components of an action that drive an actuator in a level."""

import jax
import numpy as np
from jaxtyping import Bool, Int

from ..errors import LevelError
from ..level.level import Level, Role
from ..level.named import ACTION_CHOICES
from ..level.roles import missing_roles
from ..level.sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS

__all__ = ["check_roles", "choices", "with_role"]


def choices(level: Level) -> Int[np.ndarray, " actuator"]:
    """The number of choices per component of a multi-discrete action; 1 if the level has no actuator bound to it."""
    level = jax.device_get(level)
    joints, thrusters = level.scene.joints, level.scene.thrusters
    motors = joints.active & joints.motor & ~joints.fixed & ~level.motor_auto & (joints.motor_power != 0)
    firing = thrusters.active & (thrusters.power != 0)
    listens = np.concatenate(
        [
            np.isin(np.arange(MOTOR_BINDINGS), level.motor_binding[motors]),
            np.isin(np.arange(THRUSTER_BINDINGS), level.thruster_binding[firing]),
        ]
    )
    return np.where(listens, ACTION_CHOICES, 1)


def with_role(level: Level, role: Role) -> Bool[np.ndarray, " body"]:
    """Mask of the active bodies with a role, [body]."""
    has: Bool[np.ndarray, " body"] = np.asarray(level.scene.active) & (np.asarray(level.role) == role)
    return has


def check_roles(level: Level) -> None:
    """Raise a `LevelError` unless the level has a green and a blue body."""
    for role in missing_roles(level):
        raise LevelError(f"A level to solve must have a green and a blue shape, got no {role.name.lower()} one.")
