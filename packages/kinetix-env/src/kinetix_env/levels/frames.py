"""Where things are when a file leaves it out: centres of mass, boxes, and a joint where its bodies are now.

Reader and writer both call these functions with numbers that have been rounded to float32 already, so that the
writer can leave out exactly what the reader will work out."""

import numpy as np
from jaxtyping import Float

from jax2d.geometry import circle_mass, polygon_mass, rotate

from ..level.layout import Arrays

__all__ = ["body_mass", "box_vertices", "centroid", "here", "opposite_anchor", "relative_angle"]

NEAR = 1e-6  # fraction of a polygon's extent: corners given in float32 have their centroid at 0 no better than this


def box_vertices(width: float, height: float) -> Float[np.ndarray, "4 2"]:
    """The corners of a box (m) clockwise from the top right, which is the order of the published levels."""
    return np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * (np.float32(width) / 2, np.float32(height) / 2)


def centroid(corners: Float[np.ndarray, "corner 2"]) -> Float[np.ndarray, "2"]:
    """The centre of mass (m) of a polygon in the frame of its corners; exactly 0 where rounding alone moved it."""
    centre = polygon_mass(corners, 1.0)[2]
    return np.zeros(2) if np.abs(centre).max() <= NEAR * np.abs(corners).max() else centre


def body_mass(arrays: Arrays, polygons: int, row: int) -> tuple[float, float]:
    """Mass (kg) and moment of inertia (kg m^2) that a body has by its shape and density."""
    density = float(arrays["scene.density"][row])
    if row >= polygons:
        return circle_mass(float(arrays["scene.radius"][row - polygons]), density)
    corners = arrays["scene.vertices"][row, : arrays["scene.vertex_count"][row]].astype(np.float64)
    return polygon_mass(corners, density)[:2]


def here(arrays: Arrays, body: int, point: Float[np.ndarray, "2"]) -> Float[np.ndarray, "2"]:
    """A point of the world (m) as seen from a body's centre of mass, in the body's frame."""
    away = point - arrays["state.position"][body].astype(np.float64)
    seen: np.ndarray = rotate(away, -float(arrays["state.angle"][body]))
    return seen


def opposite_anchor(arrays: Arrays, a: int, b: int, anchor: Float[np.ndarray, "2"]) -> Float[np.ndarray, "2"]:
    """Where the anchor of body a (m, its frame) is in body b's frame."""
    turned = rotate(anchor.astype(np.float64), float(arrays["state.angle"][a]))
    return here(arrays, b, arrays["state.position"][a].astype(np.float64) + turned)


def relative_angle(arrays: Arrays, a: int, b: int) -> float:
    """The angle (rad) of body b as seen from body a."""
    return float(arrays["state.angle"][b]) - float(arrays["state.angle"][a])
