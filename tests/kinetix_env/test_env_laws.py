"""Invariance of the environment to reflection, to the order of bodies and to absent entities."""

from functools import cache

import jax
import numpy as np
import pytest

from kinetix_env import Level, Role
from kinetix_env.levels import pad
from tests.jax2d.strategies import random_scene
from tests.kinetix_env.episodes import CAPACITY, LANES, STEPS, Episode, level, play
from tests.kinetix_env.transforms import WIDTH, mirrored, mirrored_action, permuted, with_rubbish

BIGGER = type(CAPACITY)(polygons=8, circles=3, joints=2, thrusters=2)
SOON = 8  # environment steps before contacts have amplified rounding


@cache
def levels() -> tuple[Level, ...]:
    """Random valid scenes with random roles."""

    def one(seed: int) -> Level:
        roles = np.random.default_rng(seed).permutation([Role.GREEN, Role.BLUE, Role.RED, Role.NONE])
        free = range(CAPACITY.static_polygons, CAPACITY.bodies)
        built = random_scene(CAPACITY, seed, full=True)
        return level(built, dict(zip(free, roles, strict=True)), motor=seed % 4, thruster=seed % 2)

    return tuple(one(seed) for seed in range(LANES))


@cache
def actions() -> np.ndarray:
    return np.random.default_rng(2).integers(0, [3, 3, 3, 3, 2, 2], (LANES, STEPS, 6))


@cache
def episodes() -> list[Episode]:
    return play(levels(), actions())


def close(found: np.ndarray, expected: np.ndarray, tolerance: float) -> bool:
    return bool(np.allclose(found, expected, rtol=tolerance, atol=tolerance))


def agreement(pairs: list[tuple[Episode, Episode]]) -> tuple[float, float]:
    """The fractions of episodes that agree: in distance and task during the first steps, and in the outcome."""
    same_start = [
        close(a.info.distance[:SOON], b.info.distance[:SOON], 1e-3)
        and np.array_equal(a.info.solved[:SOON], b.info.solved[:SOON])
        and np.array_equal(a.info.failed[:SOON], b.info.failed[:SOON])
        and close(a.reward[:SOON], b.reward[:SOON], 1e-3)
        for a, b in pairs
    ]
    outcome = [
        bool(a.info.solved.any()) == bool(b.info.solved.any())
        and bool(a.info.failed.any()) == bool(b.info.failed.any())
        for a, b in pairs
    ]
    return float(np.mean(same_start)), float(np.mean(outcome))


def test_compared_episodes_have_contacts_and_outcomes() -> None:
    """Without contacts and outcomes the laws would be vacuous."""
    ends = [(episode.info.solved.any(), episode.info.failed.any()) for episode in episodes()]
    assert sum(solved for solved, _ in ends) >= 2
    assert sum(failed for _, failed in ends) >= 2
    assert np.mean([episode.states.touching.any() for episode in episodes()]) > 0.7


def test_the_mirrored_level_and_actions_give_the_mirrored_episode() -> None:
    """Rounding differs in the mirror, and the reference side of two equally deep corners: most, not all, agree."""
    images = play([mirrored(one, CAPACITY) for one in levels()], mirrored_action(actions()))
    start, outcome = agreement(list(zip(episodes(), images, strict=True)))
    assert start >= 0.8 and outcome >= 0.8
    free = slice(CAPACITY.static_polygons, None)
    apart = [
        np.abs(a.states.physics.position[SOON, free, 0] + b.states.physics.position[SOON, free, 0] - WIDTH)[
            np.asarray(one.scene.active)[free]
        ].max(initial=0.0)
        for a, b, one in zip(episodes(), images, levels(), strict=True)
    ]
    assert np.mean(np.array(apart) < 1e-3) >= 0.8


def test_permuted_bodies_give_permuted_states() -> None:
    """Contacts are solved in another order, which changes poses a little where several act on one body."""
    order = np.array([0, 1, 2, 3, 5, 4, 7, 6])
    others = play([permuted(one, CAPACITY, order) for one in levels()], actions())
    start, outcome = agreement(list(zip(episodes(), others, strict=True)))
    assert start >= 0.7 and outcome >= 0.8
    for one, other in zip(episodes(), others, strict=True):
        first, second = one.obs["entity"], other.obs["entity"]
        assert np.allclose(first.polygons[0][order[:6]], second.polygons[0], atol=1e-6)
        assert np.allclose(first.circles[0][[1, 0]], second.circles[0], atol=1e-6)
        assert np.array_equal(first.attention_mask[0][:3][:, order][:, :, order], second.attention_mask[0][:3])


def test_absent_entities_have_no_influence() -> None:
    """Poses of existing bodies, rewards and all observations are equal bit for bit."""
    sparse = [level(random_scene(CAPACITY, seed), {4: Role.GREEN, 6: Role.BLUE}) for seed in range(LANES)]
    clean_episodes = play(sparse, actions())
    rubbish = play([with_rubbish(one, CAPACITY, seed) for seed, one in enumerate(sparse)], actions())
    for level_, clean, dirty in zip(sparse, clean_episodes, rubbish, strict=True):
        exists = np.asarray(level_.scene.active)
        assert np.array_equal(clean.states.physics.position[:, exists], dirty.states.physics.position[:, exists])
        assert np.array_equal(clean.reward, dirty.reward)
        assert np.array_equal(clean.done, dirty.done)
        for a, b in zip(jax.tree.leaves(clean.obs), jax.tree.leaves(dirty.obs), strict=True):
            assert np.array_equal(a, b)


@pytest.mark.slow
def test_a_level_plays_the_same_in_a_larger_capacity() -> None:
    """Contacts are solved in the order of another tournament, so again most agree for a while."""
    larger = play([pad(one, BIGGER) for one in levels()], actions(), BIGGER)
    start, outcome = agreement(list(zip(episodes(), larger, strict=True)))
    assert start >= 0.7 and outcome >= 0.8
    for small, big in zip(episodes(), larger, strict=True):
        assert np.allclose(
            small.obs["entity"].polygons[0], big.obs["entity"].polygons[0][: CAPACITY.polygons], atol=1e-6
        )
        assert small.states.distance[0] == pytest.approx(float(big.states.distance[0]), abs=1e-5)
