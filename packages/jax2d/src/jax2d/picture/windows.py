"""The part of the world that a picture shows."""

from typing import Literal, TypeAlias

import numpy as np

from ..boundary import WORLD_SIZE
from ..checks import number, shown
from ..errors import SceneError
from ..scene import Scene
from ..state import State
from .bodies import find_walls, reaches
from .primitives import Window

__all__ = ["MARGIN", "WORLD", "WindowChoice", "check_window", "choose_window", "scale_of"]

WindowChoice: TypeAlias = Literal["world", "fit"] | tuple[float, float, float, float]

MARGIN = 0.15  # m, of the walls that are shown
WORLD = Window(-MARGIN, WORLD_SIZE + MARGIN, -MARGIN, WORLD_SIZE + MARGIN)
_FIT_MARGIN = 0.06  # of the fitted part, on each side
_LEAST = 0.5  # m, of the fitted part, so that a single small body does not fill the picture


def check_window(caller: str, window: object) -> WindowChoice:
    """The window as given, or a `SceneError`."""
    if isinstance(window, str) and window in ("world", "fit"):
        return window  # type: ignore[return-value]  # mypy does not narrow a str by `in`
    takes = f'{caller}: window must be "world", "fit" or (left, right, bottom, top) in m'
    if not isinstance(window, (tuple, list)) or len(window) != 4:
        raise SceneError(f"{takes}, got {shown(window)}.")
    left, right, bottom, top = (number(side, f"{caller}: each side of window") for side in window)
    if not (left < right and bottom < top):
        raise SceneError(f"{takes} with left < right and bottom < top, got {shown(window)}.")
    return left, right, bottom, top


def choose_window(choice: WindowChoice, scene: Scene, states: State) -> Window:
    """The window of one scene; "fit" holds all states along any leading axes."""
    if choice == "world":
        return WORLD
    return _fitted(scene, states) if choice == "fit" else Window(*choice)


def scale_of(window: Window) -> float:
    """The factor of all marks and lines, 1 in a picture of the standard world."""
    return max(window.width, window.height) / WORLD.width


def _fitted(scene: Scene, states: State) -> Window:
    """A square window around all bodies but walls in all states."""
    bodies = len(scene.active)
    positions, angles = np.asarray(states.position).reshape(-1, bodies, 2), np.asarray(states.angle).reshape(-1, bodies)
    inside = np.asarray(scene.active) & ~find_walls(scene, positions[0], angles[0])
    position, reach = positions[:, inside], reaches(scene)[inside][:, None]
    finite = np.isfinite(position).all(axis=-1)
    if not finite.any():
        return WORLD
    low, high = np.min((position - reach)[finite], axis=0), np.max((position + reach)[finite], axis=0)
    middle, half = (low + high) / 2, max(float((high - low).max()), _LEAST) * (0.5 + _FIT_MARGIN)
    x, y = (float(part) for part in middle)
    return Window(x - half, x + half, y - half, y + half)
