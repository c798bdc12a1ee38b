"""This engine against recorded trajectories of the published one, Jax2D 1.0.2 (see reference/README.md)."""

import numpy as np
import pytest

from tests.jax2d.reference_scenes import AS_PUBLISHED, TRIANGLES, Run, runs, scenes

pytestmark = pytest.mark.versions

EXACT = 2e-3  # m, over the whole run
SINGLE = 1e-4  # m, where one contact or one joint acts at a time

SEVERAL = {"double_pendulum", "motor_with_limits", "circle_inside_box"}  # more than one constraint at once

# Scenes that differ, by how much at most (measured, rounded up), and why.
DIFFERENT = {
    # The solver divides by the length of a velocity that is nearly zero: the published engine leaves itself by
    # 9.6e-3 m when the bob starts one float32 further away (2.4e-7 m).
    "pendulum": 1.2e-2,
    # Published: the removal of overlap and what gravity adds in the step of a bounce come on top of the restitution.
    "circle_circle_bounce": 0.27,
    "circle_bounce_on_fixed": 0.26,
    # Published: wrong inertia of triangles and a shift that is not turned; with both taken over they agree.
    "triangle_drop": 3e-2,
    "triangle_hits_box": 1e-1,
    # From step 89 on the triangle is squeezed between the wall and the box: two contacts, solved in another order.
    "triangle_hits_box" + AS_PUBLISHED: 1.2e-2,
}
SQUEEZED = 89

EXACT_SCENES = [name for name, scene in scenes().items() if scene["kind"] == "exact"]
NAMES = EXACT_SCENES + [name + AS_PUBLISHED for name in TRIANGLES]
SAME = [name for name in NAMES if name not in DIFFERENT]


@pytest.mark.parametrize("name", SAME)
def test_an_exact_scene_follows_the_published_trajectory(name: str) -> None:
    bound = EXACT if name in SEVERAL else SINGLE
    assert runs()[name].deviation.max() < bound


@pytest.mark.parametrize("name", sorted(DIFFERENT))
def test_a_scene_known_to_differ_stays_within_what_was_measured(name: str) -> None:
    worst = runs()[name].deviation.max()
    assert EXACT < worst < DIFFERENT[name]


@pytest.mark.parametrize("name", sorted(TRIANGLES))
def test_triangles_differ_because_of_their_published_inertia(name: str) -> None:
    before = slice(0, SQUEEZED + 1)
    assert runs()[name + AS_PUBLISHED].deviation[before].max() < SINGLE
    assert runs()[name].deviation[before].max() > EXACT


STATISTICAL = {  # bound of the distance between the final places, m
    "three_box_stack": 0.02,
    "circle_pyramid": 2e-3,
    "car": 2e-3,
    "chain_of_five": 0.15,
}


def test_every_recorded_scene_is_in_a_comparison() -> None:
    assert {*SAME, *DIFFERENT, *STATISTICAL} == set(runs())


def _speeds(run: Run) -> list[np.ndarray]:
    return [np.linalg.norm(rows[-1, :, 3:5], axis=-1) for rows in (run.ours, run.reference)]


@pytest.mark.parametrize("name", sorted(STATISTICAL))
def test_a_scene_of_many_contacts_ends_in_the_same_place(name: str) -> None:
    run = runs()[name]
    assert run.deviation[-1].max() < STATISTICAL[name]


@pytest.mark.parametrize("name", ["three_box_stack", "circle_pyramid"])
def test_a_pile_rests_at_the_same_height_with_the_same_overlap(name: str) -> None:
    run = runs()[name]
    ours, reference = run.ours[-1, :, 1], run.reference[-1, :, 1]
    # The height of a pile is what its bodies measure less their overlaps, and each contact keeps about the slop of
    # 0.01 m. Measured: ours overlaps less, by 0.6 mm under the lowest box and 7.6 mm over three contacts.
    overlaps = reference - ours
    assert np.all(np.abs(overlaps) < 0.01)
    for speed in _speeds(run):
        assert speed.max() < 0.02
