"""The way from a creature to its goal: what lies on the floor, and the goal at its end.

In the frame in which the creature goes to the right. The goal takes the last row of its kind, bumps take the polygon
rows before it that the creature leaves free."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array

from jax2d.boundary import FLOOR_TOP, WORLD_SIZE

from ...level.level import Role
from .dice import Dice
from .parts import Creature, Reach, flag, off, on
from .room import Room
from .settings import LocomotionSettings

__all__ = ["Block", "Course", "lay_course"]

_GAP = 0.15  # m between a bump and the creature or the goal at the start


class Block(NamedTuple):
    """An immovable obstacle or goal. Fields [row] over all rows of its kind; of a circle, half_x is the radius."""

    active: Array
    x: Array  # m
    y: Array
    half_x: Array
    half_y: Array
    role: Array
    wedge: Array  # a triangle with its tip up, for polygons


class Course(NamedTuple):
    """The obstacles and the goal."""

    boxes: Block
    discs: Block


def lay_course(settings: LocomotionSettings, room: Room, dice: Dice, creature: Creature, reach: Reach) -> Course:
    """Draw a goal in front of a creature that stands in its place, and what is in between."""
    boxes, discs = room.capacity.movable_polygons, room.capacity.circles
    goal = _goal(settings, room, dice, reach)
    blocks = [_absent()] * boxes
    spheres = [_absent()] * discs
    last = boxes - 1
    if room.goal_is_box:
        blocks[last] = goal
        last -= 1
    else:
        spheres[-1] = goal
    wanted, hazard = dice.whole(0, settings.bumps), dice.chance(settings.hazard_chance)
    start, end = reach.right + _GAP, goal.x - goal.half_x - _GAP
    for bump in range(min(settings.bumps, last)):
        row = last - bump
        block = _bump(settings, dice, start, end)
        if bump == 0:
            block = _either(hazard, _bar(dice, reach, start, end), block)
        there = jnp.maximum(flag(bump < wanted), hazard if bump == 0 else off())
        blocks[row] = block._replace(active=block.active * there * flag(creature.boxes.active[row] == 0))
    return Course(_stacked(blocks), _stacked(spheres))


def _goal(settings: LocomotionSettings, room: Room, dice: Dice, reach: Reach) -> Block:
    """A pillar or a ball on the floor, some way in front of the creature."""
    half_x, half_y = dice.number(0.08, 0.2), dice.number(0.08, 0.5)
    if not room.goal_is_box:
        half_x = half_y = dice.number(0.12, 0.3)
    x = reach.right + dice.number(*settings.distance) + half_x
    return Block(on(), jnp.minimum(x, WORLD_SIZE - half_x), FLOOR_TOP + half_y, half_x, half_y, _role(Role.BLUE), off())


def _bump(settings: LocomotionSettings, dice: Dice, start: Array, end: Array) -> Block:
    """A low step or wedge on the floor; none if there is no place for it."""
    half_x, height = dice.number(0.05, 0.3), dice.number(*settings.bump_height)
    x = dice.number(start + half_x, end - half_x)
    wedge = dice.chance(0.5)
    # the centroid of a wedge lies at a third of its height
    y = FLOOR_TOP + height * jnp.where(wedge > 0, 1 / 3, 1 / 2)
    fits = flag(end - start > 2 * half_x)
    return Block(fits, x, y, half_x, height / 2, _role(Role.NONE), wedge)


def _bar(dice: Dice, reach: Reach, start: Array, end: Array) -> Block:
    """A red bar that hangs above the way: who jumps high hits it."""
    half_x, half_y = dice.number(0.1, 0.4), dice.number(0.04, 0.08)
    x, y = dice.number(start + half_x, end - half_x), reach.top + dice.number(0.25, 0.8) + half_y
    fits = flag(end - start > 2 * half_x)
    return Block(fits, x, y, half_x, half_y, _role(Role.RED), off())


def _role(role: Role) -> Array:
    return jnp.asarray(float(role))


def _absent() -> Block:
    return Block(*[off()] * len(Block._fields))


def _either(first: Array, block: Block, other: Block) -> Block:
    return Block(*(jnp.where(first > 0, a, b) for a, b in zip(block, other, strict=True)))


def _stacked(blocks: list[Block]) -> Block:
    if not blocks:
        return Block(*[jnp.zeros((0,))] * len(Block._fields))
    fields = zip(*blocks, strict=True)
    return Block(*(jnp.stack([jnp.asarray(number, jnp.float32) for number in field]) for field in fields))
