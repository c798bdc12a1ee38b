"""Observations: sizes, columns, masks, and agreement of all forms."""

from functools import cache

import jax
import numpy as np
import pytest

from kinetix_env import Role, empty_level
from kinetix_env.level import SIZES
from kinetix_env.observations import Entities
from kinetix_env.task import KinetixEnv
from tests.kinetix_env.episodes import CAPACITY, CIRCLE, POLYGON, Episode, environment, level, play, room, views

pytestmark = pytest.mark.versions

FLAT_SIZES = {"s": 140, "m": 247, "l": 679}  # the last is published; all three follow from the columns


def env_of(size: str) -> KinetixEnv:
    return environment(SIZES[size])


@pytest.mark.parametrize("size", SIZES)
def test_sizes(size: str) -> None:
    capacity = SIZES[size]
    state = jax.eval_shape(env_of(size).start, empty_level(capacity))
    seen = jax.eval_shape(views(capacity), state)
    polygons, circles, joints, thrusters = capacity.polygons, capacity.circles, capacity.joints, capacity.thrusters
    bodies = polygons + circles
    entities: Entities = seen["entity"]
    assert entities.polygons.shape == (polygons, 27)
    assert entities.circles.shape == (circles, 19)
    assert entities.joints.shape == (2 * joints, 22)
    assert entities.thrusters.shape == (thrusters, 8)
    assert entities.attention_mask.shape == (4, bodies, bodies)
    assert entities.joint_indexes.shape == (2 * joints, 2)
    length = (polygons - 3) * 26 + circles * 18 + joints * (22 + 2 * bodies) + thrusters * (8 + bodies) + 1
    assert seen["flat"].shape == (length,) == (FLAT_SIZES[size],)
    assert seen["flat-padded"].shape == (bodies - 3 + joints + thrusters, 22 + 2 * bodies + 5)


@cache
def episode() -> Episode:
    """A green box with a limited motor joint to a blue circle, and a thruster; it falls to the floor."""
    builder = room()
    box = builder.box((2.0, 0.9), width=0.8, height=0.4, angle=0.3, friction=0.5, restitution=0.25, density=2.0)
    circle = builder.circle((2.2, 0.95), radius=0.15)
    builder.revolute(
        *(box, circle), anchor=(0.2, 0.0), motor=True, motor_speed=1.5, motor_power=0.5, limits=(-0.5, 1.0)
    )
    builder.thruster(box, position=(-0.3, 0.1), angle=0.7, power=0.6)
    (played,) = play([level(builder, {box: Role.GREEN, circle: Role.RED}, motor=2, thruster=1)], [[0, 0, 1, 0, 0, 1]])
    return played


def at(time: int) -> Entities:
    entities: Entities = jax.tree.map(lambda x: x[time], episode().obs["entity"])
    return entities


def test_polygon_columns() -> None:
    row = at(0).polygons[POLYGON]
    mass, inertia = 2.0 * 0.8 * 0.4, 2.0 * 0.8 * 0.4 * (0.8**2 + 0.4**2) / 12
    expected = [2.0, 0.9, 0, 0, 1 / mass, 1 / inertia, 2.0, 0, 0, 1, 0, 0, np.sin(0.3), np.cos(0.3), 0.5, 0.25, 0]
    assert row[:17] == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert sorted(np.abs(row[17:25])) == pytest.approx([0.2] * 4 + [0.4] * 4)
    assert row[25:] == pytest.approx([0.0, -0.981])


def test_circle_columns() -> None:
    row = at(0).circles[0]
    assert row[8:12].tolist() == [0, 0, 0, 1]
    assert row[16:] == pytest.approx([0.15, 1.0, -0.981])
    later = at(8).circles[0]
    spin = episode().states.physics.angular_velocity[8, CIRCLE]
    assert later[7] == pytest.approx(np.tanh(spin / 10), rel=1e-5)
    assert spin != 0.0


def test_joint_rows_are_both_directions() -> None:
    from_b, from_a = at(0).joints
    anchor_b, anchor_a = from_b[2:4], from_b[4:6]
    assert anchor_a == pytest.approx([0.2, 0.0])
    assert from_a[2:4] == pytest.approx(anchor_a) and from_a[4:6] == pytest.approx(anchor_b)
    rotation = np.arctan2(from_a[6], from_a[7])
    limits = [np.sin(-0.5), np.cos(-0.5), np.sin(1.0), np.cos(1.0), -0.5 - rotation, 1.0 - rotation]
    for row in (from_a, from_b):
        assert row[:2].tolist() == [1, 0]
        assert row[8:16] == pytest.approx([1.5, 0.5, 1, 1, 0, 0, 1, 0])
        assert row[16:] == pytest.approx(limits, abs=1e-6)
    assert at(0).joint_indexes.tolist() == [[CIRCLE, POLYGON], [POLYGON, CIRCLE]]


def test_thruster_columns() -> None:
    expected = [1, -0.3, 0.1, 0, 1, np.sin(0.7), np.cos(0.7), 0.6]
    assert at(0).thrusters[0] == pytest.approx(expected, rel=1e-6)
    assert at(0).thruster_indexes.tolist() == [POLYGON]


def test_relations() -> None:
    both, chain, joined, touching = at(0).attention_mask
    exists = np.concatenate([at(0).polygon_mask, at(0).circle_mask])
    assert np.array_equal(both, exists[:, None] & exists)
    assert np.array_equal(chain, both & (np.eye(len(exists), dtype=bool) | joined))
    assert np.argwhere(joined).tolist() == [[POLYGON, CIRCLE], [CIRCLE, POLYGON]]
    assert not touching.any()  # nothing has been simulated yet
    fallen = at(20).attention_mask[3]
    assert fallen[0, POLYGON] and not fallen[POLYGON, 0]  # each pair once, the lower number first


def test_rows_of_absent_entities_are_zero() -> None:
    for time in (0, 10):
        seen = at(time)
        for rows, mask in (("polygons", "polygon_mask"), ("circles", "circle_mask"), ("joints", "joint_mask")):
            assert not getattr(seen, rows)[~getattr(seen, mask)].any()
    assert not at(0).polygon_mask[POLYGON + 1] and not at(0).circle_mask[1]


def test_flat_forms_hold_the_entity_rows() -> None:
    for time in (0, 12):
        seen, flat, padded = at(time), episode().obs["flat"][time], episode().obs["flat-padded"][time]
        shown = [0, *range(CAPACITY.static_polygons, CAPACITY.polygons)]
        polygons, circles = np.clip(seen.polygons[shown, :-1], -10, 10), np.clip(seen.circles[:, :-1], -10, 10)
        head = np.concatenate([polygons.ravel(), circles.ravel(), seen.joints[0]])
        assert np.array_equal(flat[: len(head)], np.clip(head, -10, 10))
        ends = flat[len(head) : len(head) + 2 * CAPACITY.bodies].reshape(2, -1)
        assert ends.argmax(axis=1).tolist() == [CIRCLE, POLYGON] and ends.sum() == 2
        assert flat[-1] == pytest.approx(-0.981)
        assert np.array_equal(padded[: len(shown), : polygons.shape[1]], polygons)
        assert np.array_equal(padded[:, -5:-1].argmax(axis=1), [0] * len(shown) + [1, 1, 2, 3])
        assert (padded[:, -1] == flat[-1]).all()
        assert np.abs(flat).max() <= 10
