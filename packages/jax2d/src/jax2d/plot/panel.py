"""One scene on one Axes: its artists are made once and then moved from state to state."""

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from ..capacity import Capacity
from ..contacts import Contacts
from ..scene import Scene
from ..state import State
from . import style
from .bodies import Bodies
from .contacts import ContactMarks
from .joints import Joints
from .thrusters import Thrusters
from .windows import Bounds

__all__ = ["Panel", "bare"]


class Panel:
    """The picture of one scene. Arrays are in numpy."""

    def __init__(self, axes: Axes, capacity: Capacity, scene: Scene, bounds: Bounds) -> None:
        left, right, bottom, top = bounds
        scale = max(right - left, top - bottom) / 5.0
        self._joint_count = capacity.joints
        self._bodies = Bodies(axes, capacity, scene)
        self._joints = Joints(axes, scene, scale)
        self._thrusters = Thrusters(axes, scene, self._bodies.poses, scale)
        self._contacts = ContactMarks(axes, scene, scale)
        axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", facecolor=style.BACKGROUND)

    def moving(self, still: Bool[np.ndarray, " body"]) -> list[Artist]:
        """All artists but those of bodies that stand still and lie behind the others, in the order of painting."""
        parts = (self._bodies.moving(still), self._joints.artists, self._thrusters.artists, self._contacts.artists)
        return sorted((artist for part in parts for artist in part), key=Artist.get_zorder)

    def show(self, state: State, contacts: Contacts | None, action: Float[np.ndarray, " action"] | None) -> None:
        """Move everything to where a state has it."""
        self._bodies.show(state)
        self._joints.show(state, action)
        self._thrusters.show(None if action is None else action[self._joint_count :])
        self._contacts.show(contacts)


def bare(axes: Axes) -> None:
    """Take ticks away and leave a thin frame."""
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=style.BOUNDARY_LINE, linewidth=style.LINE_WIDTH)
