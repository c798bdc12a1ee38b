"""Writes joints and thrusters: from the rows of a level to JSON values."""

from collections.abc import Mapping
from typing import Any

from ..level.layout import Arrays
from .frames import opposite_anchor, relative_angle
from .text import number_out
from .words import JOINT_TYPES
from .writing_bodies import same, vector_out

__all__ = ["write_joint", "write_thruster"]


def write_joint(arrays: Arrays, row: int, names: Mapping[int, str]) -> dict[str, Any]:
    """A joint, without its slot."""
    part = {path.rpartition(".")[2]: array[row] for path, array in arrays.items() if path.startswith("scene.joints.")}
    a, b = int(part["body_a"]), int(part["body_b"])
    kind = next(name for name, fixed in JOINT_TYPES.items() if fixed == part["fixed"])
    joint: dict[str, Any] = {"type": kind, "a": names[a], "b": names[b], "anchor": vector_out(part["anchor_a"])}
    if not same(part["anchor_b"], opposite_anchor(arrays, a, b, part["anchor_a"])):
        joint["anchor_b"] = vector_out(part["anchor_b"])
    if not same(part["rotation"], relative_angle(arrays, a, b)):
        joint["rotation"] = number_out(part["rotation"])
    motor = _motor(arrays, row, part)
    if not part["fixed"] and motor != {"binding": 0, "on": False}:  # which is what no motor means
        joint["motor"] = motor
    if part["limited"]:
        joint["limits"] = vector_out((part["min_angle"], part["max_angle"]))
    return joint


def _motor(arrays: Arrays, row: int, part: Mapping[str, Any]) -> dict[str, Any]:
    motor: dict[str, Any] = {"binding": int(arrays["motor_binding"][row])}
    for key in ("speed", "power"):
        if not same(part[f"motor_{key}"], 1):
            motor[key] = number_out(part[f"motor_{key}"])
    if not part["motor"]:
        motor["on"] = False
    if arrays["motor_auto"][row]:
        motor["auto"] = True
    return motor


def write_thruster(arrays: Arrays, row: int, names: Mapping[int, str]) -> dict[str, Any]:
    """A thruster, without its slot."""
    part = {key: arrays[f"scene.thrusters.{key}"][row] for key in ("body", "position", "angle", "power")}
    thruster: dict[str, Any] = {"body": names[int(part["body"])]}
    if not same(part["position"], (0, 0)):
        thruster["position"] = vector_out(part["position"])
    for key, default in (("angle", 0), ("power", 1)):
        if not same(part[key], default):
            thruster[key] = number_out(part[key])
    return thruster | {"binding": int(arrays["thruster_binding"][row])}
