"""Scenes as plain data (JSON), from which every engine can be built. SI units.

The boundary (floor, walls, ceiling: four polygons) is left out of the bodies; it is the one that both JAX engines
come with. All bodies have density 1 kg/m^2, friction 1, no restitution."""

import math
from typing import NotRequired, TypedDict

import numpy as np

__all__ = [
    "FLOOR",
    "WALLS",
    "WORLD",
    "Body",
    "Counts",
    "Description",
    "Joint",
    "Point",
    "Thruster",
    "area",
    "rectangle",
]

WORLD = 5.0  # m, side of the square world
FLOOR = 0.4  # m, height of the floor's top
WALLS = 4  # polygons taken by the boundary

Point = tuple[float, float]
Counts = dict[str, int]  # slots of "polygons" (with the boundary's four), "circles", "joints", "thrusters"


class Body(TypedDict):
    """A polygon (with `vertices`, clockwise, from the centre of mass) or a circle (with `radius`)."""

    position: Point  # m, centre of mass
    angle: float  # rad
    vertices: NotRequired[list[Point]]  # m
    radius: NotRequired[float]  # m


class Joint(TypedDict):
    """A revolute joint; bodies are numbered in the order of the description, from 0."""

    a: int
    b: int
    anchor_a: Point  # m, in a's frame
    anchor_b: Point  # m, in b's frame
    motor: bool
    power: float  # of the motor, in units of 900 rad/s^2


class Thruster(TypedDict):
    """A push at a point of a body."""

    body: int
    position: Point  # m, in the body's frame
    angle: float  # rad, in the body's frame
    power: float  # in units of 10 N


class Description(TypedDict):
    """One scene."""

    bodies: list[Body]
    joints: list[Joint]
    thrusters: list[Thruster]


def rectangle(width: float, height: float) -> list[Point]:
    """Vertices of a rectangle, clockwise from the top left."""
    x, y = width / 2, height / 2
    return [(-x, y), (x, y), (x, -y), (-x, -y)]


def area(body: Body) -> float:
    """Area in m^2, which at the density of 1 kg/m^2 used here is also the mass."""
    if "radius" in body:
        return math.pi * body["radius"] ** 2
    x, y = np.array(body["vertices"]).T
    return float(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2)
