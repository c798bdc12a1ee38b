"""Scenes of loose bodies: a tower, a row of dominoes, a marble run."""

import math

from .stage import CEILING, FLOOR, GRAVITY, ROOM, Stage

__all__ = ["dominoes", "marbles", "tower"]


def tower(stage: Stage) -> None:
    """A stack of boxes that balls are thrown at."""
    build, side = stage.build, stage.side()
    size, x = stage.vary(0.42, 0.5), ROOM / 2 + side * stage.vary(0.6, 0.9)
    top = FLOOR
    for _ in range(min(stage.polygons, 6)):
        wide, high = size * stage.vary(0.95, 1.1), size * stage.vary(0.85, 1.0)
        build.box((x + stage.vary(-0.02, 0.02), top + high / 2), width=wide, height=high, density=0.7)
        top += high
    for k in range(stage.capacity.circles):
        radius = stage.vary(0.16, 0.24)
        start = (ROOM / 2 - side * (ROOM / 2 - 0.35), FLOOR + 0.4 + 0.6 * k)
        flight = 0.55 + 0.25 * k + stage.vary(0.0, 0.1)  # s
        aim = FLOOR + (top - FLOOR) * stage.vary(0.6, 0.9)
        speed = (x - start[0]) / flight, (aim - start[1]) / flight + GRAVITY * flight / 2
        build.circle(start, radius=radius, velocity=speed, density=2.5, restitution=0.3)


def dominoes(stage: Stage) -> None:
    """A ball rolls into a row of dominoes."""
    build, side = stage.build, stage.side()
    count, high = min(stage.polygons, 7), stage.vary(0.6, 0.75)
    gap, radius = stage.vary(0.45, 0.6) * high, stage.vary(0.18, 0.24)
    balls = min(stage.capacity.circles - 1, 3)  # for the last domino to push off
    first = 0.55 + radius  # m, of the first domino from the ball
    last = first + (count - 1) * gap
    end = last + 0.6 * high + 0.28 * max(balls - 1, 0)
    start = ROOM / 2 - side * end / 2
    speed = stage.vary(1.6, 2.4)
    spin = -side * speed / radius  # rolls without slipping
    build.circle((start, FLOOR + radius), radius=radius, velocity=(side * speed, 0.0), angular_velocity=spin)
    for k in range(count):
        build.box((start + side * (first + k * gap), FLOOR + high / 2), width=0.1, height=high)
    for k in range(balls):
        build.circle((start + side * (end - 0.28 * k), FLOOR + 0.12), radius=0.12, density=0.3)


def marbles(stage: Stage) -> None:
    """Balls run down a zigzag of ramps."""
    build, side = stage.build, stage.side()
    ramps = min(stage.polygons, 3)
    slope, length = stage.vary(0.28, 0.32), stage.vary(3.2, 3.4)
    drop = 1.15
    for k in range(ramps):
        way = side if k % 2 == 0 else -side  # which way it leads down
        x = ROOM / 2 - way * (ROOM / 2 - 0.03 - length * math.cos(slope) / 2)
        build.box((x, 3.9 - drop * k), width=length, height=0.1, angle=-way * slope, immovable=True)
    for k in range(stage.capacity.circles):
        radius = stage.vary(0.13, 0.19)
        place = (ROOM / 2 - side * (ROOM / 2 - 0.3 - 0.45 * k), CEILING - 0.25)
        build.circle(place, radius=radius, restitution=stage.vary(0.2, 0.5))
    size = 0.22
    for k in range(min(stage.polygons - ramps, 4)):  # something to run into
        way = side if ramps % 2 == 0 else -side
        x = ROOM / 2 - way * (ROOM / 2 - 0.5 - 0.3 * (k // 2))
        build.box((x, FLOOR + (k % 2 + 0.5) * size), width=size, height=size, density=0.4)
