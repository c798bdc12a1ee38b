"""Random scenes, velocities and actions for the engine benchmarks.

Bodies are dropped onto the floor and onto each other without overlap (by bounding circles), a fraction of them is
hinged to another body instead, so that after a few steps all touch something. Everything comes from
`numpy.random.RandomState`, whose stream never changes between NumPy versions: the processes that run the engines
draw the velocities and the actions themselves, and get the same numbers."""

import math

import numpy as np
from numpy.random import RandomState

from benchmarks.engine.description import (
    FLOOR,
    WALLS,
    WORLD,
    Body,
    Counts,
    Description,
    Joint,
    Point,
    Thruster,
    area,
    rectangle,
)

__all__ = ["COUNTS", "random_actions", "random_scenes", "random_velocities"]

COUNTS: dict[str, Counts] = {
    "s": {"polygons": 5, "circles": 2, "joints": 1, "thrusters": 1},
    "m": {"polygons": 6, "circles": 3, "joints": 2, "thrusters": 2},
    "l": {"polygons": 12, "circles": 4, "joints": 6, "thrusters": 2},
}


def _turn(point: Point, angle: float) -> np.ndarray:
    """The point rotated about the origin."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([c * point[0] - s * point[1], s * point[0] + c * point[1]])


def _reach(body: Body) -> float:
    """Radius of the bounding circle about the centre of mass, in m."""
    return body["radius"] if "radius" in body else max(math.hypot(*v) for v in body["vertices"])


def _shape(rng: RandomState, circle: bool, scale: float) -> Body:
    """A circle, or with equal chance a rectangle or a triangle, at the origin."""
    angle = float(rng.uniform(-math.pi, math.pi))
    if circle:
        return {"position": (0.0, 0.0), "angle": angle, "radius": float(rng.uniform(0.1, 0.35) * scale)}
    if rng.randint(2):
        width, height = rng.uniform(0.2, 0.7, 2) * scale
        return {"position": (0.0, 0.0), "angle": angle, "vertices": rectangle(float(width), float(height))}
    corners = np.radians(np.array([120, 0, -120]) + rng.uniform(-25, 25, 3))  # falling angles: clockwise
    points = rng.uniform(0.25, 0.45) * scale * np.stack([np.cos(corners), np.sin(corners)], 1)
    points -= points.mean(0)
    return {"position": (0.0, 0.0), "angle": angle, "vertices": [(float(x), float(y)) for x, y in points]}


def _crowding(body: Body, placed: list[Body], parent: Body | None) -> float:
    """How deep the bounding circle lies in others, the floor or the walls, in m; 0 is free."""
    (x, y), r = body["position"], _reach(body)
    depth = max(0.0, FLOOR + r - y) + max(0.0, r - x) + max(0.0, x + r - WORLD)
    for other in placed:
        if other is not parent:
            gap = math.dist(body["position"], other["position"])
            depth += max(0.0, r + _reach(other) - gap)
    return depth


def _drop(rng: RandomState, body: Body, placed: list[Body]) -> None:
    """Place the body at the lowest of a few random positions."""
    r, best = _reach(body), math.inf
    for _ in range(4):
        x, y = float(rng.uniform(r + 0.02, WORLD - r - 0.02)), FLOOR + r
        for other in placed:
            reach, dx = r + _reach(other), x - other["position"][0]
            if abs(dx) < reach:
                y = max(y, other["position"][1] + math.sqrt(reach**2 - dx**2))
        if y < best:
            best, body["position"] = y, (x, y + float(rng.uniform(0.0, 0.02)))


def _point_on(rng: RandomState, body: Body) -> Point:
    """A random point between the centre and a corner or the rim, in the body's frame."""
    share = float(rng.uniform(0.3, 0.9))
    if "radius" in body:
        angle = float(rng.uniform(-math.pi, math.pi))
        return share * body["radius"] * math.cos(angle), share * body["radius"] * math.sin(angle)
    x, y = body["vertices"][rng.randint(len(body["vertices"]))]
    return share * x, share * y


def _hang(rng: RandomState, body: Body, parent: Body, placed: list[Body]) -> tuple[Point, Point]:
    """Put the body where it is hinged to its parent with the least overlap; the anchors on parent and body."""
    best, anchors, position = math.inf, ((0.0, 0.0), (0.0, 0.0)), (0.0, 0.0)
    for _ in range(16):
        on_parent = _point_on(rng, parent)
        on_body = (0.0, 0.0) if "radius" in body else _point_on(rng, body)
        x, y = parent["position"] + _turn(on_parent, parent["angle"]) - _turn(on_body, body["angle"])
        body["position"] = (float(x), float(y))
        depth = _crowding(body, placed, parent)
        if depth < best:
            best, anchors, position = depth, (on_parent, on_body), body["position"]
    body["position"] = position
    return anchors


def _scene(rng: RandomState, counts: Counts, scale: float) -> Description:
    """One scene with every slot filled."""
    polygons = counts["polygons"] - WALLS
    bodies = [_shape(rng, k >= polygons, scale) for k in range(polygons + counts["circles"])]
    order = [int(k) for k in rng.permutation(len(bodies))]
    hinged = set(rng.choice(len(bodies) - 1, counts["joints"], replace=False) + 1)
    placed: list[Body] = []
    joints: list[Joint] = []
    for place, k in enumerate(order):
        if place in hinged:
            parent = order[rng.randint(place)]
            anchor_a, anchor_b = _hang(rng, bodies[k], bodies[parent], placed)
            joints.append(
                {"a": parent, "b": k, "anchor_a": anchor_a, "anchor_b": anchor_b, "motor": True, "power": 1.0}
            )
        else:
            _drop(rng, bodies[k], placed)
        placed.append(bodies[k])
    thrusters: list[Thruster] = []
    for _ in range(counts["thrusters"]):
        k, angle = int(rng.randint(len(bodies))), float(rng.uniform(-math.pi, math.pi))
        power = 2 * area(bodies[k])  # twice the weight, as in the published levels
        thrusters.append({"body": k, "position": _point_on(rng, bodies[k]), "angle": angle, "power": power})
    return {"bodies": bodies, "joints": joints, "thrusters": thrusters}


def random_scenes(counts: Counts, number: int = 64, *, scale: float = 1.0, seed: int = 0) -> list[Description]:
    """Different scenes of one capacity; `scale` shrinks the bodies so that more of them fit."""
    rng = RandomState(seed)
    return [_scene(rng, counts, scale) for _ in range(number)]


def random_velocities(lanes: int, bodies: int, speed: float, seed: int = 1) -> np.ndarray:
    """Initial velocities in m/s, [lane, body, 2], for the bodies that are not the boundary."""
    return RandomState(seed).uniform(-speed, speed, (lanes, bodies, 2)).astype(np.float32)


def random_actions(steps: int, lanes: int, actions: int, seed: int = 2) -> np.ndarray:
    """Actions of all joints and thrusters in [-1, 1], [time, lane, action]."""
    return RandomState(seed).uniform(-1, 1, (steps, lanes, actions)).astype(np.float32)
