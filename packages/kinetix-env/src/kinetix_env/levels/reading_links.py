"""Reads joints and thrusters into the arrays of a level."""

from typing import Any

import numpy as np

from ..errors import LevelError
from ..level import bounds
from ..level.sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS
from .frames import here, opposite_anchor, relative_angle
from .reading_bodies import Bodies
from .values import Fields, at, fail, number
from .words import JOINT_FIELDS, JOINT_TYPES, MOTOR_FIELDS, REVOLUTE_FIELDS, THRUSTER_FIELDS

__all__ = ["read_joint", "read_thruster"]


def read_joint(value: Any, path: str, bodies: Bodies) -> None:
    """One revolute or fixed joint."""
    fixed = Fields(value, path).choice("type", JOINT_TYPES)
    fields, arrays = Fields(value, path, JOINT_FIELDS if fixed else REVOLUTE_FIELDS), bodies.arrays
    joint = {name.rpartition(".")[2]: array for name, array in arrays.items() if name.startswith("scene.joints.")}
    row = bodies.slot(fields, "joints", joint["active"])
    a, b = bodies.find(fields, "a"), bodies.find(fields, "b")
    if a == b:
        raise fail(fields.at("b"), "be another body than a", fields.raw("b"))
    joint["active"][row], joint["fixed"][row] = True, fixed
    joint["body_a"][row], joint["body_b"][row] = a, b
    _put_anchors(joint, row, fields, bodies)
    default = relative_angle(arrays, a, b)
    joint["rotation"][row] = fields.number("rotation") if "rotation" in fields else default
    if not fixed:
        _put_motor(arrays, joint, row, fields)
        _put_limits(joint, row, fields)


def _put_anchors(joint: dict[str, np.ndarray], row: int, fields: Fields, bodies: Bodies) -> None:
    a, b = int(joint["body_a"][row]), int(joint["body_b"][row])
    if "at" in fields:
        if "anchor" in fields or "anchor_b" in fields:
            raise LevelError(f"{fields.path} must have either at or anchor and anchor_b, not both.")
        joint["anchor_a"][row] = here(bodies.arrays, a, fields.vector("at"))
    else:
        joint["anchor_a"][row] = fields.vector("anchor") - bodies.centres[a]
    if "anchor_b" in fields:
        joint["anchor_b"][row] = fields.vector("anchor_b") - bodies.centres[b]
    else:
        joint["anchor_b"][row] = opposite_anchor(bodies.arrays, a, b, joint["anchor_a"][row])
    for key in ("anchor_a", "anchor_b"):
        if np.abs(joint[key][row]).max() > bounds.ANY[1]:
            raise LevelError(f"{fields.path} must join its bodies within {bounds.ANY[1]:g} m of both of them.")


def _put_motor(arrays: dict[str, np.ndarray], joint: dict[str, np.ndarray], row: int, fields: Fields) -> None:
    """A joint without a motor counts as one whose motor, of speed and power 1, is off: observations show them."""
    motor = Fields(fields.raw("motor", {}), fields.at("motor"), MOTOR_FIELDS)
    joint["motor"][row] = motor.flag("on", "motor" in fields)
    joint["motor_speed"][row] = motor.number("speed", default=1.0)
    joint["motor_power"][row] = motor.number("power", bounds.POWER, 1.0)
    arrays["motor_binding"][row] = motor.integer("binding", (0, MOTOR_BINDINGS - 1), 0)
    arrays["motor_auto"][row] = motor.flag("auto", False)


def _put_limits(joint: dict[str, np.ndarray], row: int, fields: Fields) -> None:
    if "limits" not in fields:
        return
    limits = fields.items("limits", 2, least=2)
    low, high = (number(part, at(fields.at("limits"), index)) for index, part in enumerate(limits))
    if not low <= high:
        raise fail(fields.at("limits"), "be [min, max] with min not above max", limits)
    joint["limited"][row], joint["min_angle"][row], joint["max_angle"][row] = True, low, high


def read_thruster(value: Any, path: str, bodies: Bodies) -> None:
    """One thruster."""
    fields, arrays = Fields(value, path, THRUSTER_FIELDS), bodies.arrays
    row = bodies.slot(fields, "thrusters", arrays["scene.thrusters.active"])
    body = bodies.find(fields, "body")
    centre = bodies.centres[body]
    arrays["scene.thrusters.active"][row] = True
    arrays["scene.thrusters.body"][row] = body
    arrays["scene.thrusters.position"][row] = fields.vector("position", centre) - centre
    arrays["scene.thrusters.angle"][row] = fields.number("angle", default=0.0)
    arrays["scene.thrusters.power"][row] = fields.number("power", bounds.POWER, 1.0)
    arrays["thruster_binding"][row] = fields.integer("binding", (0, THRUSTER_BINDINGS - 1), 0)
