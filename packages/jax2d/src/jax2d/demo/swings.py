"""Scenes about joints: a chain, a see-saw, a mill."""

import math

import numpy as np

from ..geometry import rotate
from .stage import CEILING, FLOOR, ROOM, Stage

__all__ = ["chain", "mill", "seesaw"]


def chain(stage: Stage) -> None:
    """A row of links hangs from the ceiling, a heavy ball at its end, and swings into a column of boxes."""
    build, joints = stage.build, stage.capacity.joints
    links = min(stage.polygons, max(1, joints - 1), 4)
    boxes = min(stage.polygons - links, 4)
    radius = stage.vary(0.26, 0.34) if links < joints else 0.0
    size = stage.vary(0.34, 0.4)
    pivot = CEILING - 0.08
    reach = pivot - (FLOOR + max(boxes * size - 0.2, 0.1) + radius)  # m, from the pivot to the ball's centre
    side = stage.side()
    lean = side * math.asin(min(stage.vary(0.6, 0.7), (ROOM / 2 - radius - 0.15) / reach))  # rad from the vertical

    def place(distance: float) -> tuple[float, float]:
        return ROOM / 2 + math.sin(lean) * distance, pivot - math.cos(lean) * distance

    last, anchor = build.CEILING, stage.on_wall(build.CEILING, *place(0.0))
    length = reach / links
    for k in range(links):
        link = build.box(place((k + 0.5) * length), width=0.11, height=length, angle=lean)
        build.revolute(last, link, anchor=anchor, anchor_b=(0.0, length / 2))
        last, anchor = link, (0.0, -length / 2)
    if radius:
        ball = build.circle(place(reach), radius=radius, density=1.5)
        build.revolute(last, ball, anchor=anchor, anchor_b=(0.0, 0.0))
    column = ROOM / 2 - side * 0.6
    for k in range(boxes):
        build.box((column, FLOOR + (k + 0.5) * size), width=size, height=size, density=0.5)
    for k in range(stage.capacity.circles - bool(radius)):
        small = stage.vary(0.12, 0.2)
        build.circle((column - side * (0.5 + 0.45 * k), FLOOR + small), radius=small, restitution=0.4)


def seesaw(stage: Stage) -> None:
    """A plank on a pivot with light boxes on one end; a heavy ball falls on the other."""
    build, side = stage.build, stage.side()
    half, thick, height = stage.vary(1.3, 1.6), 0.12, stage.vary(0.42, 0.52)
    boxes = max(0, min(stage.polygons - 2, 3))
    most = math.asin((height - thick) / half)  # rad, the plank's end just above the floor
    tilt = side * most if boxes else 0.0
    pivot = (ROOM / 2, FLOOR + height)
    plank = build.box(pivot, width=2 * half, height=thick, angle=tilt)
    if stage.polygons > 1:
        foot = build.polygon(pivot, ((0.0, 0.0), (0.3, -height), (-0.3, -height)), immovable=True)
        anchor = (0.0, 0.0)
    else:
        foot, anchor = build.FLOOR, stage.on_wall(build.FLOOR, *pivot)
    build.revolute(foot, plank, anchor=anchor, anchor_b=(0.0, 0.0), rotation=0.0, limits=(-most, most))
    size = stage.vary(0.24, 0.3)
    for k in range(boxes):
        x, y = rotate(np.array([-side * (half - 0.7 * size), thick / 2 + (k + 0.5) * size]), tilt)
        build.box((pivot[0] + x, pivot[1] + y), width=size, height=size, angle=tilt, density=0.6)
    for k in range(stage.capacity.circles):
        heavy = k == 0
        radius = stage.vary(0.3, 0.38) if heavy else stage.vary(0.14, 0.2)
        end = side if k % 2 == 0 else -side
        place = (ROOM / 2 + end * (half - 0.25 - 0.3 * (k // 2)), 2.6 + 0.6 * k)
        build.circle(place, radius=radius, density=3.0 if heavy else 1.0, restitution=0.2)


def mill(stage: Stage) -> None:
    """A turning cross with things raining on it."""
    build, capacity = stage.build, stage.capacity
    arm, hub = stage.vary(0.9, 1.05), (ROOM / 2, stage.vary(1.65, 1.8))
    wide, angle = 0.14, stage.vary(0.0, math.pi)
    base, anchor = build.FLOOR, stage.on_wall(build.FLOOR, *hub)
    cross = stage.polygons > 1 and capacity.joints > 1
    if stage.polygons > 2:
        height = hub[1] - FLOOR
        base, anchor = (
            build.box((hub[0], FLOOR + height / 2), width=0.16, height=height, immovable=True),
            (0.0, height / 2),
        )
    sail = build.box(hub, width=2 * arm, height=wide, angle=angle)
    axle = build.revolute(base, sail, anchor=anchor, anchor_b=(0.0, 0.0), motor=True, motor_speed=stage.vary(0.3, 0.45))
    if cross:
        other = build.box(hub, width=2 * arm, height=wide, angle=angle + math.pi / 2)
        build.fixed(sail, other, anchor=(0.0, 0.0))
    stage.drive(axle, amplitude=2.0, frequency=stage.vary(0.1, 0.16), phase=stage.side() * 0.4)
    boxes = max(0, stage.polygons - 3)
    places = [(0.75 + 3.5 * (k + 0.5) / max(capacity.circles, 1), 4.55) for k in range(capacity.circles)]
    for place in places:
        build.circle(place, radius=stage.vary(0.16, 0.26), restitution=0.4, density=0.6)
    for k in range(boxes):
        place = (0.75 + 3.5 * (k + 0.5) / boxes, 3.7)
        size = stage.vary(0.24, 0.4)
        build.box(place, width=size, height=size, angle=stage.vary(-0.5, 0.5), density=0.6)
