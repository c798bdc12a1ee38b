"""Where each pair of bodies keeps its contacts, and the order in which pairs are solved.

Pairs are solved in tournament rounds (the circle method of round-robin scheduling): in one round every
body meets at most one other, so all its pairs can be solved at once with the result of solving them one
after the other. Pairs of a movable body with a static polygon follow, one static polygon a round.

Slots: polygon-polygon (first points of all pairs, then second points), polygon-circle, circle-circle; in
each kind the tournament comes first, then the static polygons. Odd tournaments have idle pairs, whose
two bodies are the same; such a slot is never active."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from .capacity import Capacity

__all__ = ["ContactSlots", "PairTable", "contact_slots"]


@dataclass(frozen=True, eq=False)
class PairTable:
    """Pairs of bodies of one kind: `rounds * width` of a tournament, then `static` with static polygons."""

    bodies: np.ndarray  # [pair, 2] body indices; the second body is always a movable one
    rounds: int
    width: int

    @property
    def tournament(self) -> int:
        """Pairs in which both bodies may move, idle ones included."""
        return self.rounds * self.width

    def __len__(self) -> int:
        return len(self.bodies)


@dataclass(frozen=True, eq=False)
class ContactSlots:
    """Which two bodies each contact slot belongs to, for one capacity."""

    polygon_polygon: PairTable
    polygon_circle: PairTable
    circle_circle: PairTable
    body_a: np.ndarray  # [contact] body index
    body_b: np.ndarray  # [contact]
    first: np.ndarray  # [body, body] slot of a pair's first point; `len(self)` where the pair has none

    def __len__(self) -> int:
        return len(self.body_a)


def _tournament(count: int) -> tuple[list[tuple[int, int]], int, int]:
    """All pairs of `count` players by the circle method: pairs in round order, rounds, pairs a round.

    The kernel rotates its rows the same way, see `jax2d.kernel.sweep`.
    """
    if count < 2:
        return [], 0, 0
    even = count + count % 2
    half = even // 2
    upper, lower = list(range(half)), list(range(half, even))[::-1]
    pairs = []
    for _ in range(even - 1):
        pairs += [(a, b) if a < count and b < count else (0, 0) for a, b in zip(upper, lower, strict=True)]
        if half > 1:
            upper, lower = [upper[0], lower[0], *upper[1:-1]], [*lower[1:], upper[-1]]
    return pairs, even - 1, half


def _rotation(polygons: int, circles: int) -> tuple[list[tuple[int, int]], int, int]:
    """All pairs of a polygon and a circle: the larger kind rotates past the smaller one."""
    short, long = sorted((polygons, circles))
    pairs = [(k, (k + turn) % long) for turn in range(long if short else 0) for k in range(short)]
    if polygons > circles:
        pairs = [(b, a) for a, b in pairs]
    return pairs, long if short else 0, short


def _table(
    schedule: tuple[list[tuple[int, int]], int, int], offsets: tuple[int, int], static: int, movable: int
) -> PairTable:
    """Turn indices within a kind into body indices and append the pairs with the static polygons."""
    pairs, rounds, width = schedule
    rows = [(a + offsets[0], b + offsets[1]) for a, b in pairs]
    rows += [(wall, offsets[1] + k) for wall in range(static) for k in range(movable)]
    return PairTable(np.array(rows, np.int32).reshape(-1, 2), rounds, width)


@cache
def contact_slots(capacity: Capacity) -> ContactSlots:
    """The contact slots of a capacity."""
    static, polygons, circles = capacity.static_polygons, capacity.movable_polygons, capacity.circles
    circle = capacity.polygons
    tables = (
        _table(_tournament(polygons), (static, static), static, polygons),
        _table(_rotation(polygons, circles), (static, circle), static, circles),
        _table(_tournament(circles), (circle, circle), 0, circles),
    )
    pairs = np.concatenate([tables[0].bodies, *(table.bodies for table in tables)])
    first = np.full((capacity.bodies, capacity.bodies), len(pairs), np.int32)
    for slot in reversed(range(len(pairs))):
        a, b = pairs[slot]
        if a != b:
            first[a, b] = first[b, a] = slot
    return ContactSlots(*tables, body_a=pairs[:, 0], body_b=pairs[:, 1], first=first)
