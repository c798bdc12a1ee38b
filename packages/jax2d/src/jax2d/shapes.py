"""From checked arguments to the row of a body: mass, inertia and corners about the centre of mass."""

import numpy as np
from jaxtyping import Float

from .boundary import Wall
from .checks import shown
from .errors import SceneError
from .geometry import circle_mass, polygon_fault, polygon_mass, rotate
from .options import CheckedOptions
from .rows import BodyRow

__all__ = ["circle_row", "polygon_row", "wall_row"]


def circle_row(position: Float[np.ndarray, "2"], radius: float, options: CheckedOptions) -> BodyRow:
    """A circle of a radius in m."""
    mass, inertia = circle_mass(radius, options.density)
    return _row(position, mass, inertia, options, radius=radius)


def polygon_row(
    name: str, position: Float[np.ndarray, "2"], points: Float[np.ndarray, "corner 2"], options: CheckedOptions
) -> BodyRow:
    """A polygon whose corners (m) are measured from `position`; `name` is the argument they came as."""
    fault = polygon_fault(points)
    if fault:
        raise SceneError(f"{name} must {fault}. Got {shown(points.tolist())}.")
    mass, inertia, centre = polygon_mass(points, options.density)
    vertices = (points - centre).astype(np.float32).astype(np.float64)
    fault = polygon_fault(vertices, slack=0.5)
    if fault:
        raise SceneError(f"{name}, rounded to float32, must {fault}. Got {shown(points.tolist())}.")
    place = position + rotate(centre, options.angle)
    return _row(place, mass, inertia, options, vertices=vertices, centre=centre)


def wall_row(wall: Wall) -> BodyRow:
    """A part of the boundary, exactly as published."""
    return BodyRow(
        active=True,
        position=np.array(wall.position),
        vertices=np.array(wall.vertices),
        density=1.0,
        friction=1.0,
    )


def _row(
    place: Float[np.ndarray, "2"],
    mass: float,
    inertia: float,
    options: CheckedOptions,
    vertices: Float[np.ndarray, "corner 2"] | None = None,
    radius: float = 0.0,
    centre: Float[np.ndarray, "2"] | None = None,
) -> BodyRow:
    return BodyRow(
        active=True,
        position=place.astype(np.float32).astype(np.float64),  # joints are placed where the engine sees the body
        angle=options.angle,
        velocity=options.velocity,
        angular_velocity=options.angular_velocity,
        inverse_mass=0.0 if options.immovable else 1 / mass,
        inverse_inertia=0.0 if options.immovable else 1 / inertia,
        density=options.density,
        friction=options.friction,
        restitution=options.restitution,
        ghost=options.ghost,
        vertices=np.zeros((0, 2)) if vertices is None else vertices,
        radius=radius,
        centre=np.zeros(2) if centre is None else centre,
    )
