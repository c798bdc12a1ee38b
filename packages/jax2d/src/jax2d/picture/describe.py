"""One moment of a scene as a `Picture`: what is drawn, whatever it is drawn with."""

from collections.abc import Sequence

import numpy as np

from ..boundary import WORLD_SIZE
from ..contacts import Contacts
from ..scene import Scene
from ..state import State
from .bodies import areas, bodies, edges, find_walls
from .contacts import contact_marks
from .joints import joint, limits
from .look import Look, plain_look
from .primitives import Colour, Group, Picture, Polygon, Shape, Window
from .thrusters import thruster
from .windows import WORLD, scale_of

__all__ = ["describe"]


def describe(
    scene: Scene,
    state: State,
    look: Look | None = None,
    *,
    action: Sequence[float] | np.ndarray | None = None,
    contacts: Contacts | None = None,
    window: Window = WORLD,
) -> Picture:
    """The picture of one scene in a state, all arrays in numpy; `plain_look` if no look is given.

    `action` has one number per joint, then one per thruster; what is 0 or not finite is at rest. From the lowest to the
    highest lie walls, other bodies, limits, thrusters, joints, contacts.
    """
    walls = find_walls(scene, np.asarray(state.position), np.asarray(state.angle))
    look = plain_look(scene, walls) if look is None else look
    scale, joints = scale_of(window), len(scene.joints.active)
    acts = np.zeros(joints + len(scene.thrusters.active)) if action is None else np.asarray(action, float)
    acts = np.where(np.isfinite(acts), acts, 0.0)
    bounding, free = bodies(scene, state, look, walls, scale)
    sectors = (limits(scene, state, row, scale) for row in (look.joints if look.limits else ()))
    groups = [
        edges(bounding),
        *([] if look.outside is None else [_surroundings(window, look.outside)]),
        *areas(bounding),
        *free,
        *(sector for sector in sectors if sector is not None),
        *(thruster(scene, state, row, mark, float(acts[joints + row]), scale) for row, mark in look.thrusters.items()),
        *(joint(scene, state, row, mark, float(acts[row]), scale) for row, mark in look.joints.items()),
        *([] if contacts is None else contact_marks(scene, contacts, scale)),
    ]
    seen = [group for group in groups if any(_is_seen(shape, window) for shape in group.shapes)]
    return Picture(groups=tuple(seen), window=window, background=look.background)


def _surroundings(window: Window, colour: Colour) -> Group:
    """Four bars around the standard world."""
    left, right, bottom, top = window.left, window.right, window.bottom, window.top
    bars = [(left, bottom, 0, top), (WORLD_SIZE, bottom, right, top), (left, bottom, right, 0)]
    bars.append((left, WORLD_SIZE, right, top))
    corners = [np.array([[x, y], [x, high], [far, high], [far, y]]) for x, y, far, high in bars]
    return Group(kind="outside", shapes=tuple(Polygon(points=points, fill=colour) for points in corners))


def _is_seen(shape: Shape, window: Window) -> bool:
    """Whether a shape may lie in the window. What is not finite does not."""
    least, most = shape.outer()
    low, high = (window.left, window.bottom), (window.right, window.top)
    return bool(np.isfinite([least, most]).all() and (most >= low).all() and (least <= high).all())
