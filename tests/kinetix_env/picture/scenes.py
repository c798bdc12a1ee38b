"""Levels with known geometry, the colour of a picture at a place, and recordings with known outcomes."""

from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from jax2d import Capacity, SceneBuilder
from kinetix_env import KinetixEnv, Level, Role, make
from kinetix_env.picture.describe import MARGIN, ROOM
from kinetix_env.play import Recording, record_all
from tests.kinetix_env.episodes import level

SMALL = Capacity.small()
STEPS = 12

GREY, GREEN, BLUE, RED = (160, 160, 160), (0, 204, 0), (0, 102, 204), (255, 102, 102)
WHITE, BLACK = (255, 255, 255), (40, 40, 40)


def colour(picture: Image.Image, x: float, y: float) -> Any:
    """The colour at a place (m)."""
    scale = picture.width / (ROOM + 2 * MARGIN)
    return picture.getpixel((round((x + MARGIN) * scale), round((ROOM + MARGIN - y) * scale)))


def rocket(role: Role = Role.BLUE, *, gap: float = 1.0, speed: float = 3.0) -> Level:
    """A green circle with a thruster, which pushes it to the right, flies at a circle of another role."""
    builder = SceneBuilder(SMALL, gravity=(0.0, 0.0))
    green = builder.circle((1.0, 2.0), radius=0.2, velocity=(speed, 0.0))
    other = builder.circle((1.4 + gap, 2.0), radius=0.2)
    builder.thruster(green, angle=0.0, power=0.05)
    return level(builder, {green: Role.GREEN, other: role})


def hinge(*, auto: bool = False, speed: float = 1.0) -> Level:
    """A bar that a motor turns about a hub in the middle, which does not move."""
    builder = SceneBuilder(SMALL, gravity=(0.0, 0.0))
    hub = builder.circle((2.5, 2.5), radius=0.1, immovable=True)
    bar = builder.box((2.5, 2.5), width=2.0, height=0.3)
    builder.revolute(hub, bar, anchor=(0.0, 0.0), motor=True, motor_speed=speed)
    return level(builder, {bar: Role.GREEN}, auto=auto)


def acting(motor: float = 0.0, thruster: float = 0.0) -> np.ndarray:
    """The engine's action of size S: one joint, then one thruster."""
    return np.array([motor, thruster], np.float32)


@cache
def env() -> KinetixEnv:
    return make(SMALL)


@cache
def recorded() -> tuple[Recording, ...]:
    """Solved, failed and unfinished, in this order; the thruster fires throughout."""
    levels = [rocket(), rocket(Role.RED), rocket(gap=2.0, speed=0.0)]
    actions = np.tile([0, 0, 0, 0, 1, 0], (len(levels), STEPS, 1))
    return tuple(record_all(env(), levels, actions, names=["met", "lost", "far"]))
