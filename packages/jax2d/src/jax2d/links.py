"""From arguments to the row of a joint or a thruster: its bodies must exist, its anchors are counted from the
centre of mass."""

import operator
from collections.abc import Sequence

import numpy as np

from .checks import number, pair, shown
from .errors import SceneError
from .geometry import rotate
from .rows import BodyRow, LinkRow

__all__ = ["joint_row", "thruster_row"]


def joint_row(
    name: str, bodies: Sequence[BodyRow], a: object, b: object, anchor: object, anchor_b: object, rotation: object
) -> LinkRow:
    """A revolute joint without motor and limits; `name` is the method, as in `SceneBuilder.revolute`."""
    first, second = _existing(f"{name}: a", a, bodies), _existing(f"{name}: b", b, bodies)
    if first == second:
        raise SceneError(f"{name}: a and b must be two bodies, got {first} for both.")
    body_a, body_b = bodies[first], bodies[second]
    if body_a.inverse_mass == body_b.inverse_mass == 0:
        raise SceneError(f"{name}: a or b must be able to move, got {first} and {second}, which are both immovable.")
    from_a = pair(anchor, f"{name}: anchor") - body_a.centre
    if anchor_b is None:
        there = body_a.position + rotate(from_a, body_a.angle)
        from_b = rotate(there - body_b.position, -body_b.angle)
    else:
        from_b = pair(anchor_b, f"{name}: anchor_b") - body_b.centre
    relative = body_b.angle - body_a.angle if rotation is None else number(rotation, f"{name}: rotation")
    return {
        "active": True,
        "body_a": first,
        "body_b": second,
        "anchor_a": from_a,
        "anchor_b": from_b,
        "rotation": relative,
        "min_angle": -np.pi,
        "max_angle": np.pi,
    }


def thruster_row(
    name: str, bodies: Sequence[BodyRow], body: object, position: object, angle: object, power: object
) -> LinkRow:
    """A thruster; `name` is the method, as in `SceneBuilder.thruster`."""
    index = _existing(f"{name}: body", body, bodies)
    if bodies[index].inverse_mass == 0:
        raise SceneError(f"{name}: body must be able to move, got {index}, which is immovable.")
    return {
        "active": True,
        "body": index,
        "position": pair(position, f"{name}: position") - bodies[index].centre,
        "angle": number(angle, f"{name}: angle"),
        "power": number(power, f"{name}: power", least=0.0),
    }


def _existing(name: str, value: object, bodies: Sequence[BodyRow]) -> int:
    """The value as the index of a body that exists."""
    known = [slot for slot, body in enumerate(bodies) if body.active]
    try:
        index = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except Exception:  # whatever the type of the value raises: it is no index
        index = None
    if index is None or index not in known:
        raise SceneError(f"{name} must be a body index; the scene has {_listed(known)}, got {shown(value)}.")
    return index


def _listed(slots: Sequence[int]) -> str:
    """Count and indices, runs shortened: "5 bodies (0-3, 7)"."""
    if not slots:
        return "no bodies"
    starts = [slot for slot in slots if slot - 1 not in slots]
    ends = [slot for slot in slots if slot + 1 not in slots]
    runs = (f"{first}" if first == last else f"{first}-{last}" for first, last in zip(starts, ends, strict=True))
    return f"{len(slots)} {'body' if len(slots) == 1 else 'bodies'} ({', '.join(runs)})"
