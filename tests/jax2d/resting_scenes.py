"""Scenes that come to rest in one way only, described once and built for this engine and for Box2D.

Friction is the same in both: every body has 1, which makes mu = 0.4 sqrt(2) here, and Box2D takes the geometric
mean of two bodies that both have mu. Box2D's circles have twice our moment of inertia, which does not matter to
where they come to rest."""

import math
from dataclasses import dataclass, field

import Box2D
import numpy as np

from jax2d import PhysicsParams
from jax2d.geometry import rotate
from tests.jax2d.simulate import Case, case, void

GRAVITY = (0.0, -9.81)  # m/s^2


@dataclass(frozen=True, kw_only=True)
class Body:
    """A box with `size` (width, height), or a circle with `radius`, in metres and radians."""

    place: tuple[float, float]
    size: tuple[float, float] | None = None
    radius: float = 0.0
    angle: float = 0.0
    velocity: tuple[float, float] = (0.0, 0.0)
    density: float = 1.0
    friction: float = 1.0
    immovable: bool = False


@dataclass(frozen=True)
class Joint:
    """A hinge, or a weld, of two bodies at a point of the world; a hinge may have limits (rad)."""

    a: int
    b: int
    point: tuple[float, float]
    weld: bool = False
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Resting:
    """Bodies on a floor whose top is y = 0 (body 0), and how far apart the two engines may leave them."""

    bodies: list[Body]
    joints: list[Joint] = field(default_factory=list)
    distance: float = 0.01  # m
    angle: float = 0.01  # rad


def box(x: float, y: float, width: float = 0.4, height: float = 0.3, **options: object) -> Body:
    """A box by its centre and size."""
    return Body(place=(x, y), size=(width, height), **options)


def ball(x: float, y: float, radius: float = 0.2, **options: object) -> Body:
    """A circle."""
    return Body(place=(x, y), radius=radius, **options)


FLOOR = box(0.0, -0.5, 20.0, 1.0, immovable=True)


def slope(x: float, y: float, angle: float) -> Body:
    """A plane through (x, y) that falls to the left for positive angles."""
    up = (-0.2 * math.sin(angle), 0.2 * math.cos(angle))
    return box(x - up[0], y - up[1], 4.0, 0.4, angle=angle, immovable=True)


def to_case(scene: Resting) -> tuple[Case, list[int]]:
    """The scene for this engine, and where each of its bodies is."""
    builder, rows = void(gravity=GRAVITY), []
    for body in scene.bodies:
        options = {"angle": body.angle, "density": body.density, "friction": body.friction, "immovable": body.immovable}
        if not body.immovable:
            options["velocity"] = body.velocity
        if body.size:
            rows.append(builder.box(body.place, width=body.size[0], height=body.size[1], **options))
        else:
            rows.append(builder.circle(body.place, radius=body.radius, **options))
    for joint in scene.joints:
        first = scene.bodies[joint.a]
        anchor = rotate(np.subtract(joint.point, first.place), -first.angle)
        if joint.weld:
            builder.fixed(rows[joint.a], rows[joint.b], anchor=anchor)
        else:
            builder.revolute(rows[joint.a], rows[joint.b], anchor=anchor, limits=joint.limits)
    return case(builder), rows


def run_box2d(scene: Resting, steps: int) -> tuple[np.ndarray, float]:
    """Where Box2D leaves the bodies, [body, (x, y, angle)], and the highest speed at the end (m/s or rad/s)."""
    params = PhysicsParams()
    world = Box2D.b2World(gravity=GRAVITY, doSleep=False)
    bodies = []
    for body in scene.bodies:
        create = world.CreateStaticBody if body.immovable else world.CreateDynamicBody
        made = create(position=body.place, angle=body.angle)
        made.linearVelocity = body.velocity
        shape = Box2D.b2PolygonShape(box=np.divide(body.size, 2).tolist()) if body.size else None
        shape = shape or Box2D.b2CircleShape(radius=body.radius)
        if body.size:
            shape.radius = 0.0  # no skin
        friction = body.friction * params.friction * math.sqrt(2)
        made.CreateFixture(shape=shape, density=body.density, friction=friction, restitution=0.0)
        bodies.append(made)
    for joint in scene.joints:
        ends = {"bodyA": bodies[joint.a], "bodyB": bodies[joint.b], "anchor": joint.point, "collideConnected": False}
        if joint.weld:
            world.CreateWeldJoint(**ends)
        elif joint.limits:
            world.CreateRevoluteJoint(**ends, enableLimit=True, lowerAngle=joint.limits[0], upperAngle=joint.limits[1])
        else:
            world.CreateRevoluteJoint(**ends)
    for _ in range(steps):
        world.Step(params.dt, 10, 10)
    poses = np.array([(*body.position, body.angle) for body in bodies])
    fastest = max(max(body.linearVelocity.length, abs(body.angularVelocity)) for body in bodies)
    return poses, float(fastest)
