"""The three kinds of creatures: vehicles, walkers and crawlers.

Each plan draws one that fits into the room there is, in a frame of its own in which it goes to the right. They must
cross the floor to reach their goal, so none of them has a motor that it could do without."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ...level.sizes import MOTOR_BINDINGS
from .dice import Dice
from .parts import Box, Creature, Disc, Hinge, flag, off, on, padded
from .room import Room

__all__ = ["PLANS", "Plan"]

Plan = Callable[[Dice, Room], Creature]

_LONGEST = 2.2  # m, of a crawler


def _creature(room: Room, boxes: list[Box], discs: list[Disc], hinges: list[Hinge]) -> Creature:
    return Creature(
        boxes=padded(Box, boxes, room.capacity.movable_polygons),
        discs=padded(Disc, discs, room.capacity.circles),
        hinges=padded(Hinge, hinges, room.capacity.joints),
    )


def _binding(dice: Dice, alike: Array, common: Array) -> Array:
    """Which number of the action drives a motor: the creature's common one, or one of its own."""
    own = dice.whole(0, MOTOR_BINDINGS - 1)
    return jnp.where(alike > 0, common, own)


def vehicle(dice: Dice, room: Room) -> Creature:
    """A flat chassis on wheels of one size, with a trailer now and then."""
    half_x, half_y = dice.number(0.25, 0.55), dice.number(0.08, 0.18)
    boxes = [Box(on(), off(), off(), off(), half_x, half_y)]
    hinges: list[Hinge] = []
    length, hitched = half_x, off()
    if room.trailer:
        hitched = dice.chance(0.3)
        longer = dice.number(0.2, 0.4)
        boxes.append(Box(hitched, -half_x - longer, off(), off(), longer, half_y * dice.number(0.6, 1.0)))
        hinges.append(
            Hinge(
                *(hitched, *_pair(room.box(0), room.box(1)), -half_x, off()),
                *(off(), on(), -0.5 * on(), 0.5 * on(), off(), off()),
            )
        )
        length = half_x + hitched * longer
    most = min(room.discs, room.hinges - len(hinges))
    count = dice.whole(1, most)
    radius = jnp.minimum(dice.number(0.09, 0.22), 0.9 * length / count)  # so that wheels do not overlap
    alike, common = dice.chance(0.5), dice.whole(0, MOTOR_BINDINGS - 1)
    discs = []
    for wheel in range(most):
        there = flag(wheel < count)
        place = (wheel + dice.number(0.25, 0.75)) / count
        x = half_x - 2 * length * place
        on_trailer = (hitched > 0) & (x < -half_x)
        carrier = jnp.where(on_trailer, _body(room.box(min(1, room.boxes - 1))), _body(room.box(0)))
        driven = dice.chance(1.0 if wheel == 0 else 0.7)
        discs.append(Disc(there, x, -half_y, radius))
        binding = _binding(dice, alike, common)
        hinges.append(
            Hinge(there, carrier, _body(room.disc(wheel)), x, -half_y, driven, off(), off(), off(), on(), binding)
        )
    return _creature(room, boxes, discs, hinges)


def walker(dice: Dice, room: Room) -> Creature:
    """A torso on legs of one length, each of two segments or of one."""
    half_x, half_y = dice.number(0.15, 0.5), dice.number(0.08, 0.16)
    upper, lower = dice.number(0.14, 0.3), dice.number(0.12, 0.28)  # m, half the segments' lengths
    thick = dice.number(0.04, 0.07)
    bend_hip, bend_knee, kneed = dice.number(0.0, 0.5), dice.number(0.0, 0.7), dice.chance(0.75)
    boxes, discs, hinges = [Box(on(), off(), off(), off(), half_x, half_y)], [], []
    count, alike = dice.whole(1, room.legs), dice.chance(0.5)
    direction = dice.sign()
    for leg in range(room.legs):
        there = flag(leg < count)
        way = jnp.where(alike > 0, direction, dice.sign())
        hip_x = half_x * (1 - 2 * (leg + 0.5) / count) + dice.number(-0.05, 0.05)
        hip = hip_x, -half_y
        angle = way * bend_hip  # rad, from straight down
        knee = hip[0] + 2 * upper * jnp.sin(angle), hip[1] - 2 * upper * jnp.cos(angle)
        row = len(boxes)
        boxes.append(_bone(there, hip, angle, upper, thick))
        hinges.append(_leg_hinge(dice, there, room.box(0), room.box(row), hip))
        shank = angle - way * bend_knee
        if room.boxes > 2:
            boxes.append(_bone(there * kneed, knee, shank, lower, thick))
            hinges.append(_leg_hinge(dice, there * kneed, room.box(row), room.box(row + 1), knee))
        else:  # a round foot
            discs.append(Disc(there, *knee, thick + 0.07))
            hinges.append(_leg_hinge(dice, there, room.box(row), room.disc(leg), knee))
    return _creature(room, boxes, discs, hinges)


def _bone(there: Array, end: tuple[Array, Array], angle: Array, half: Array, thick: Array) -> Box:
    """A segment that hangs from a point, turned by an angle from straight down."""
    middle = end[0] + half * jnp.sin(angle), end[1] - half * jnp.cos(angle)
    return Box(there, *middle, angle, thick, half)


def _leg_hinge(dice: Dice, there: Array, a: int, b: int, at: tuple[Array, Array]) -> Hinge:
    limits = -dice.number(0.3, 1.2), dice.number(0.3, 1.2)
    return Hinge(there, *_pair(a, b), *at, on(), on(), *limits, off(), dice.whole(0, MOTOR_BINDINGS - 1))


def crawler(dice: Dice, room: Room) -> Creature:
    """A chain of segments that lies on the floor; the head is the one in front."""
    count = dice.whole(2, room.segments)
    halves = [dice.number(0.15, 0.3) for _ in range(room.segments)]
    there = [flag(segment < count) for segment in range(room.segments)]
    longest = 2 * jnp.sum(jnp.stack(halves) * jnp.stack(there))
    shrink = jnp.minimum(1.0, _LONGEST / longest)
    thick = dice.number(0.05, 0.11)
    boxes, hinges, end = [], [], off()
    for segment, (half, is_there) in enumerate(zip(halves, there, strict=True)):
        half_x = half * shrink
        boxes.append(Box(is_there, end - half_x, off(), off(), half_x, thick))
        if segment:
            joint = _leg_hinge(dice, is_there, room.box(segment - 1), room.box(segment), (end, off()))
            hinges.append(joint)
        end = end - 2 * half_x
    return _creature(room, boxes, [], hinges)


def _body(number: int) -> Array:
    """A body's number as the hinges hold it; float32 holds it exactly."""
    return jnp.asarray(np.float32(number))


def _pair(a: int, b: int) -> tuple[Array, Array]:
    return _body(a), _body(b)


PLANS: dict[str, Plan] = {"vehicle": vehicle, "walker": walker, "crawler": crawler}
