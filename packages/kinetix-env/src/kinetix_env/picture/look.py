"""How a level is coloured: bodies by their roles, the immovable ones darker; motors and thrusters by the number that
drives them, with a dot for a motor that runs by itself. A joint without a motor is white."""

import numpy as np

from jax2d.picture import Look, Mark

from ..level.level import Level
from .style import MOTORS, ROLES, THRUSTERS, WHITE, dimmed

__all__ = ["look_of"]

ROLE_NAMES = ("grey", "green", "blue", "red")


def look_of(level: Level) -> Look:
    """The look of one level, arrays in numpy."""
    scene = level.scene
    return Look(
        bodies={int(body): _body(level, int(body)) for body in np.flatnonzero(scene.active)},
        joints={int(row): _joint(level, int(row)) for row in np.flatnonzero(scene.joints.active)},
        thrusters={int(row): _thruster(level, int(row)) for row in np.flatnonzero(scene.thrusters.active)},
        limits=False,
        outside=dimmed(ROLES[0]),
    )


def _body(level: Level, body: int) -> Mark:
    role, movable = int(level.role[body]), bool(level.scene.inverse_mass[body])
    fill = ROLES[role] if movable else dimmed(ROLES[role])
    words = f"{ROLE_NAMES[role]} {'movable' if movable else 'immovable'}"
    return Mark(fill=fill, edge=dimmed(fill), words=words)


def _joint(level: Level, row: int) -> Mark:
    joints = level.scene.joints
    if joints.fixed[row] or not joints.motor[row]:
        return Mark(fill=WHITE)
    number, auto = int(level.motor_binding[row]), bool(level.motor_auto[row])
    return Mark(fill=MOTORS[number], words=f"motor-{number}{' auto' * auto}", dot=auto)


def _thruster(level: Level, row: int) -> Mark:
    number = int(level.thruster_binding[row])
    return Mark(fill=THRUSTERS[number], words=f"number-{number}")
