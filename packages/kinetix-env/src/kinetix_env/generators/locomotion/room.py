"""The part of a capacity that is free for a creature, and the kinds that fit."""

from dataclasses import dataclass

from jax2d import Capacity

__all__ = ["Room", "room_in"]


@dataclass(frozen=True)
class Room:
    """The slots that are free for a creature, after that of the goal."""

    capacity: Capacity  # of the level
    boxes: int  # polygons free for the creature
    discs: int  # circles free for the creature
    hinges: int  # joints free for the creature
    goal_is_box: bool  # whether the goal is a polygon, not a circle

    @property
    def legs(self) -> int:
        """How many legs of two segments a walker may have; the lower one is a disc where boxes are scarce."""
        segments = self.boxes - 1
        pairs = segments // 2 if segments > 1 else min(segments, self.discs)
        return min(pairs, self.hinges // 2)

    @property
    def segments(self) -> int:
        """The most segments that a crawler may have."""
        return min(self.boxes, self.hinges + 1)

    @property
    def wheels(self) -> int:
        """How many wheels a vehicle may have; with a trailer one less, for the hitch is a hinge."""
        return min(self.discs, self.hinges)

    @property
    def trailer(self) -> bool:
        """Whether a vehicle may have a trailer."""
        return self.boxes >= 2 and self.wheels >= 3

    def box(self, row: int) -> int:
        """The number of a movable box in the level."""
        return self.capacity.static_polygons + row

    def disc(self, row: int) -> int:
        """The number of a disc in the level."""
        return self.capacity.polygons + row


def room_in(capacity: Capacity) -> Room:
    """The room of a capacity. The goal is a box if the capacity has three movable polygons, else a disc."""
    boxes = capacity.movable_polygons
    goal_is_box = boxes >= 3 or capacity.circles == 0
    return Room(
        capacity=capacity,
        boxes=boxes - goal_is_box,
        discs=capacity.circles - (not goal_is_box),
        hinges=capacity.joints,
        goal_is_box=goal_is_box,
    )
