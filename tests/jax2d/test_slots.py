"""Every pair of bodies has its contact slots, exactly once, whatever the capacity."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jax2d import Capacity, contact_slots

pytestmark = pytest.mark.versions


@st.composite
def capacities(draw: st.DrawFn) -> Capacity:
    """From a single circle to some forty bodies, with up to six static polygons."""
    static, movable, circles = draw(st.integers(0, 6)), draw(st.integers(0, 20)), draw(st.integers(0, 20))
    if movable + circles == 0:
        circles = 1
    return Capacity(polygons=static + movable, circles=circles, joints=0, thrusters=0, static_polygons=static)


def expected_pairs(capacity: Capacity) -> set[tuple[int, int]]:
    """All pairs of which one at least may move."""
    pairs = combinations(range(capacity.bodies), 2)
    return {pair for pair in pairs if pair[1] >= capacity.static_polygons}


def real_pairs(bodies: np.ndarray) -> list[tuple[int, int]]:
    """The pairs of a table without the idle ones, the lower index first."""
    return [(min(a, b), max(a, b)) for a, b in bodies.tolist() if a != b]


@given(capacities())
def test_every_pair_has_its_slots_exactly_once(capacity: Capacity) -> None:
    slots = contact_slots(capacity)
    tables = (slots.polygon_polygon, slots.polygon_circle, slots.circle_circle)
    pairs = [pair for table in tables for pair in real_pairs(table.bodies)]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == expected_pairs(capacity)


@given(capacities())
def test_each_slot_table_holds_one_kind_of_pair(capacity: Capacity) -> None:
    slots = contact_slots(capacity)
    kinds = {"polygon_polygon": (False, False), "polygon_circle": (False, True), "circle_circle": (True, True)}
    for name, (first, second) in kinds.items():
        for a, b in getattr(slots, name).bodies.tolist():
            if a != b:
                assert (a >= capacity.polygons, b >= capacity.polygons) == (first, second)


@given(capacities())
def test_the_second_body_of_a_pair_is_movable(capacity: Capacity) -> None:
    slots = contact_slots(capacity)
    real = slots.body_a != slots.body_b
    assert (slots.body_b[real] >= capacity.static_polygons).all()


@given(capacities())
def test_no_body_occurs_twice_in_a_round(capacity: Capacity) -> None:
    """A round may therefore be solved in parallel."""
    slots = contact_slots(capacity)
    for table in (slots.polygon_polygon, slots.polygon_circle, slots.circle_circle):
        rounds = table.bodies[: table.tournament].reshape(table.rounds, table.width, 2)
        for pairs in rounds:
            players = [body for pair in pairs.tolist() if pair[0] != pair[1] for body in pair]
            assert len(players) == len(set(players))
        assert (table.bodies[table.tournament :, 0] < capacity.static_polygons).all()


@given(capacities())
def test_polygon_pairs_have_two_slots_and_other_pairs_one(capacity: Capacity) -> None:
    slots = contact_slots(capacity)
    polygons = len(slots.polygon_polygon)
    assert len(slots) == 2 * polygons + len(slots.polygon_circle) + len(slots.circle_circle)
    assert len(slots.body_a) == len(slots.body_b) == len(slots)
    assert (slots.body_a[:polygons] == slots.body_a[polygons : 2 * polygons]).all()
    assert (slots.body_b[:polygons] == slots.body_b[polygons : 2 * polygons]).all()


@given(capacities())
def test_first_points_to_the_first_slot_of_a_pair(capacity: Capacity) -> None:
    slots = contact_slots(capacity)
    assert slots.first.shape == (capacity.bodies, capacity.bodies)
    assert (slots.first == slots.first.T).all()
    pairs = expected_pairs(capacity)
    for a in range(capacity.bodies):
        for b in range(a, capacity.bodies):
            slot = slots.first[a, b]
            if (a, b) not in pairs:
                assert slot == len(slots)  # no such row: `Contacts.touching` reads it as never
            else:
                assert {slots.body_a[slot], slots.body_b[slot]} == {a, b}
                earlier = zip(slots.body_a[:slot].tolist(), slots.body_b[:slot].tolist(), strict=True)
                assert all({a, b} != set(pair) for pair in earlier)


def test_idle_pairs_occur_only_in_odd_tournaments() -> None:
    """An odd number of players leaves one idle in each round, an even number none."""
    for count in range(2, 12):
        slots = contact_slots(Capacity(polygons=0, circles=count, joints=0, thrusters=0, static_polygons=0))
        idle = int((slots.body_a == slots.body_b).sum())
        assert idle == (count if count % 2 else 0)
