"""The collision filter against a search of the graph of joints."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jax2d.groups import collision_groups
from tests.jax2d.strategies import capacities, scenes


def naive_groups(active: np.ndarray, body_a: np.ndarray, body_b: np.ndarray, bodies: int) -> list[int]:
    """The smallest body that can be reached along joints, by searching the graph from each body."""
    links = [(int(a), int(b)) for on, a, b in zip(active, body_a, body_b, strict=True) if on]
    groups = []
    for start in range(bodies):
        reached, frontier = {start}, [start]
        while frontier:
            here = frontier.pop()
            for there in itertools.chain((b for a, b in links if a == here), (a for a, b in links if b == here)):
                if there not in reached:
                    reached.add(there)
                    frontier.append(there)
        groups.append(min(reached))
    return groups


@pytest.mark.parametrize("bodies, joints", [(1, 0), (1, 3), (5, 1), (9, 6), (16, 20)])
def test_groups_agree_with_a_graph_search_alone_and_batched(bodies: int, joints: int) -> None:
    draw, batch = np.random.default_rng(bodies), 200
    active = draw.random((batch, joints)) < 0.6
    body_a, body_b = draw.integers(0, bodies, (2, batch, joints), dtype=np.int32)

    def grouped(active: jax.Array, body_a: jax.Array, body_b: jax.Array) -> jax.Array:
        return collision_groups(active, body_a, body_b, bodies)

    found = jax.jit(jax.vmap(grouped))(active, body_a, body_b)
    assert found.dtype == jnp.int32
    expected = [naive_groups(*links, bodies) for links in zip(active, body_a, body_b, strict=True)]
    assert found.tolist() == expected
    assert grouped(*(jnp.asarray(links[0]) for links in (active, body_a, body_b))).tolist() == expected[0]


def test_a_chain_in_the_worst_order_is_one_group() -> None:
    pairs = [(7, 6), (0, 1), (5, 6), (2, 1), (4, 5), (3, 2), (3, 4)]
    body_a, body_b = jnp.array(pairs, jnp.int32).T
    assert collision_groups(jnp.ones(7, bool), body_a, body_b, 9).tolist() == [0] * 8 + [8]


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_built_scenes_have_the_groups_of_their_joint_graph(data: st.DataObject) -> None:
    capacity = data.draw(capacities())
    scene, _ = data.draw(scenes(capacity, wild=True))
    joints = scene.joints
    exists, body_a, body_b = (np.asarray(field) for field in (joints.active, joints.body_a, joints.body_b))
    assert scene.group.tolist() == naive_groups(exists, body_a, body_b, capacity.bodies)
