"""Which part of the world a picture shows."""

from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float

from ..capacity import Capacity
from ..checks import number, shown
from ..errors import SceneError
from ..scene import Scene
from ..state import State

__all__ = ["WORLD", "Bounds", "Window", "check_window", "window_bounds"]

Bounds: TypeAlias = tuple[float, float, float, float]  # m: left, right, bottom, top
Window: TypeAlias = Literal["world", "fit"] | Bounds

WORLD: Bounds = (0.0, 5.0, 0.0, 5.0)
_MARGIN = 0.06  # of the fitted part, on each side
_LEAST = 0.5  # m, of the fitted part, so that a single small body does not fill the picture


def check_window(caller: str, window: object) -> Window:
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


def window_bounds(window: Window, capacity: Capacity, scene: Scene, states: State) -> Bounds:
    """The bounds to show of one scene; `states` has any number of leading axes, all of which must fit."""
    if window == "world":
        return WORLD
    if window == "fit":
        return _fitted(capacity, scene, states)
    return window


def _reach(scene: Scene) -> Float[np.ndarray, " body"]:
    """How far each body reaches from its centre of mass, in m."""
    vertices = np.asarray(scene.vertices)
    used = np.arange(vertices.shape[1]) < np.asarray(scene.vertex_count)[:, None]
    polygons = np.where(used, np.linalg.norm(vertices, axis=-1), 0.0).max(axis=1, initial=0.0)
    return np.concatenate([polygons, np.asarray(scene.radius)])


def _fitted(capacity: Capacity, scene: Scene, states: State) -> Bounds:
    """A square around all bodies that are not part of the boundary, wherever they go."""
    shown_bodies = np.asarray(scene.active) & (np.arange(capacity.bodies) >= capacity.static_polygons)
    position = np.asarray(states.position).reshape(-1, capacity.bodies, 2)[:, shown_bodies]
    reach = _reach(scene)[shown_bodies][:, None]
    finite = np.isfinite(position).all(axis=-1)
    if not finite.any():
        return WORLD
    low = np.min((position - reach)[finite], axis=0)
    high = np.max((position + reach)[finite], axis=0)
    middle, half = (low + high) / 2, max(float((high - low).max()), _LEAST) * (0.5 + _MARGIN)
    return (
        float(middle[0] - half),
        float(middle[0] + half),
        float(middle[1] - half),
        float(middle[1] + half),
    )
