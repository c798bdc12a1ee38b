"""Contacts: a dot at each point and a line along the normal, both larger for a larger impulse.

Impulses span orders of magnitude, from a small box at rest to a heavy ball in flight, so sizes grow with the square
root and stop growing at 1 N s. A contact without an impulse is a small ring. Contacts that cannot push, between bodies
that joints connect or between two immovable ones, are left out."""

import numpy as np
from jaxtyping import Bool

from ..contacts import Contacts
from ..scene import Scene
from .primitives import Circle, Group, Line
from .style import CONTACT, LINE, WHITE

__all__ = ["contact_marks"]

NORMAL, LEAST_NORMAL = 0.55, 0.07  # m, length of the normal of a full impulse, and of the smallest
DOT, RING = 0.05, 0.024  # m, radius of the dot of a full impulse, and of a ring
FULL = 1.0  # N s


def contact_marks(scene: Scene, contacts: Contacts, scale: float) -> list[Group]:
    """A group for each contact that can push."""
    rows = np.flatnonzero(contacts.active & _can_push(scene, contacts))
    return [_mark(contacts, int(row), scale) for row in rows]


def _mark(contacts: Contacts, row: int, scale: float) -> Group:
    point, normal = np.asarray(contacts.point[row], float), np.asarray(contacts.normal[row], float)
    impulse = float(contacts.normal_impulse[row])
    kind, width = f"contact contact-{row}", 0.8 * LINE * scale
    if not impulse > 0:
        ring = Circle(centre=point, radius=RING * scale, fill=WHITE, outline=CONTACT, width=width)
        return Group(kind=kind, shapes=(ring,))
    size = min(impulse / FULL, 1.0) ** 0.5
    end = point + max(NORMAL * size, LEAST_NORMAL) * scale * normal
    line = Line(points=np.stack([point, end]), colour=CONTACT, width=width)
    dot = Circle(centre=point, radius=max(DOT * size, RING) * scale, fill=CONTACT)
    return Group(kind=f"{kind} pushing", shapes=(line, dot))


def _can_push(scene: Scene, contacts: Contacts) -> Bool[np.ndarray, " contact"]:
    a, b = contacts.slots.body_a, contacts.slots.body_b
    movable = (scene.inverse_mass[a] != 0) | (scene.inverse_mass[b] != 0)
    return np.asarray((scene.group[a] != scene.group[b]) & movable)
