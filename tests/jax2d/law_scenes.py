"""Scenes that several laws are tested on."""

import itertools
import math

import numpy as np

from jax2d import Capacity, Scene, SceneBuilder, State
from tests.jax2d.simulate import CAPACITY, void

FULL = Capacity(polygons=2, circles=1, joints=1, thrusters=1, static_polygons=1)  # the least with every constraint
LEAN = Capacity(polygons=2, circles=1, joints=0, thrusters=0, static_polygons=1)  # compiles in half the time
BOXES, CIRCLES = CAPACITY.movable_polygons, CAPACITY.circles


def add_swarm(
    builder: SceneBuilder,
    seed: int,
    centre: tuple[float, float] = (0.0, 0.0),
    restitution: float | None = None,
    friction: float | None = None,
) -> list[int]:
    """Fill the builder with boxes and circles on a ring that fly towards its centre; materials are random."""
    draw = np.random.default_rng(seed)
    turns = np.linspace(0, 2 * math.pi, BOXES + CIRCLES, endpoint=False)
    places = 0.9 * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    draw.shuffle(places)
    bodies = []
    for k, place in enumerate(places):
        options = {
            "angle": draw.uniform(-3, 3),
            "velocity": -place * draw.uniform(0.5, 3) + draw.uniform(-0.3, 0.3, 2),
            "angular_velocity": draw.uniform(-4, 4),
            "density": draw.uniform(0.5, 2),
            "friction": draw.uniform(0, 2) if friction is None else friction,
            "restitution": draw.uniform(0, 1) if restitution is None else restitution,
        }
        size = draw.uniform(0.15, 0.4, 2)
        if k < BOXES:
            bodies.append(builder.box(place + centre, width=size[0], height=size[1], **options))
        else:
            bodies.append(builder.circle(place + centre, radius=size[0] / 2, **options))
    return bodies


def swarm(seed: int, **options: float | None) -> SceneBuilder:
    """Ten bodies that collide in the void."""
    builder = void()
    add_swarm(builder, seed, **options)
    return builder


def arena(*, restitution: float = 1.0) -> SceneBuilder:
    """A closed room like the standard one, with gravity, but its walls bounce; bodies 0 to 3 are the same walls."""
    builder = void(gravity=(0.0, -9.81))
    for place, size in (((2.5, -0.6), (7, 2)), ((-1, 2.5), (2, 7)), ((6, 2.5), (2, 7)), ((2.5, 6), (7, 2))):
        builder.box(place, width=size[0], height=size[1], immovable=True, restitution=restitution)
    return builder


def swarm_in_arena(seed: int, **options: float | None) -> SceneBuilder:
    """Ten bodies that collide in the middle of the arena and fall to its floor."""
    builder = arena()
    add_swarm(builder, seed, centre=(2.5, 2.5), **options)
    return builder


def chain(seed: int, kind: str) -> SceneBuilder:
    """Five bars in the void, joined end to end, each with a velocity and a spin of its own.

    The `kind` of joint is "free", "limited", "motor" or "fixed".
    """
    draw = np.random.default_rng(seed)
    builder = void()
    bars = [
        builder.box(
            (0.4 * k, 0.0),
            width=0.4,
            height=0.1,
            velocity=draw.uniform(-1, 1, 2),
            angular_velocity=draw.uniform(-3, 3),
        )
        for k in range(5)
    ]
    for a, b in itertools.pairwise(bars):
        if kind == "fixed":
            builder.fixed(a, b, anchor=(0.2, 0.0))
        else:
            limits = (-1.0, 1.0) if kind == "limited" else None
            builder.revolute(a, b, anchor=(0.2, 0.0), limits=limits, motor=kind == "motor")
    return builder


def hanging_chain(seed: int, links: int, kind: str) -> SceneBuilder:
    """Up to four bars of 0.5 m that hang from an immovable box, each at a random angle, and swing.

    The joints are "free" or "limited" to half a radian, or every second one is "fixed".
    """
    draw = np.random.default_rng(seed)
    builder = void(gravity=(0.0, -9.81))
    previous = builder.box((0.0, 0.0), width=0.2, height=0.2, immovable=True)
    end, anchor = np.zeros(2), (0.0, 0.0)
    for k in range(links):
        angle = draw.uniform(-3, 3)
        along = np.array([math.cos(angle), math.sin(angle)]) / 2
        bar = builder.box(end + along / 2, width=0.5, height=0.1, angle=angle)
        if kind == "fixed" and k % 2:
            builder.fixed(previous, bar, anchor=anchor)
        else:
            builder.revolute(previous, bar, anchor=anchor, limits=(-0.5, 0.5) if kind == "limited" and k else None)
        previous, end, anchor = bar, end + along, (0.25, 0.0)
    return builder


def crash(capacity: Capacity, seed: int) -> tuple[Scene, State]:
    """A box and a circle fall onto an immovable slope and into each other; a motor may join them."""
    draw = np.random.default_rng(seed)
    builder = SceneBuilder(capacity, walls=False)
    builder.box((0.0, -0.5), width=10.0, height=1.0, angle=draw.uniform(-0.5, 0.5), immovable=True)
    box = builder.box((0.0, 0.25), width=0.5, height=0.4, angle=draw.uniform(-3, 3), restitution=draw.uniform(0, 1))
    circle = builder.circle((0.2, 0.55), radius=draw.uniform(0.1, 0.3), density=draw.uniform(0.3, 3))
    if capacity.joints and seed % 2:
        builder.revolute(box, circle, anchor=(0.2, 0.2), motor=True, limits=(-1.0, 1.0) if seed % 3 else None)
    if capacity.thrusters:
        builder.thruster(box, position=draw.uniform(-0.2, 0.2, 2), angle=draw.uniform(-3, 3))
    return builder.build()
