"""Thirteen scenes come to rest in the poses that they reach in Box2D.

The two engines take different ways there; what is compared is where bodies lie in the end. Our bodies overlap by
up to the slop of 1 cm and Box2D's by 5 mm (its skin of 1 cm around polygons is switched off), so the two differ by
5 mm per contact. What tumbles or slides on its way may also stop a little to the side."""

from functools import cache

import numpy as np
import pytest

from tests.jax2d.resting_scenes import FLOOR, Joint, Resting, ball, box, run_box2d, slope, to_case
from tests.jax2d.simulate import simulate

STEPS = 900  # 15 s
ICE = box(0.0, -0.5, 20.0, 1.0, immovable=True, friction=0.0)

SCENES = {
    "box dropped flat": Resting([FLOOR, box(0, 1.0)]),
    "circle dropped": Resting([FLOOR, ball(0, 1.0)]),
    # it walks a little when it lands, and since both contact points carry the deeper overlap, no torque turns a box
    # flat whose corners are both within the slop: 1 cm over 40 cm
    "box dropped on its corner": Resting([FLOOR, box(0, 0.8, angle=0.3)], distance=0.05, angle=0.025),
    "box on a slope below the friction angle": Resting([FLOOR, slope(0, 1.0, 0.3), box(-0.045, 1.15, angle=0.3)]),
    "stack of three": Resting([FLOOR, box(0, 0.16), box(0, 0.47), box(0, 0.78)]),
    "pyramid": Resting([FLOOR, box(-0.25, 0.16), box(0.25, 0.16), box(0, 0.47)]),
    "circle in a V": Resting([FLOOR, slope(1.0, 1.0, 0.5), slope(-1.0, 1.0, -0.5), ball(0.3, 1.6)]),
    "box sliding into a wall": Resting(
        [ICE, box(1.5, 1.0, 1.0, 2.0, immovable=True), box(0, 0.16, velocity=(2.0, 0.0), friction=0.0)]
    ),
    "hinged bar with its end on the floor": Resting(
        [FLOOR, box(0, 0.5, 0.1, 0.1, immovable=True), box(0.5, 0.5, 1.0, 0.1)], [Joint(1, 2, (0, 0.5))]
    ),
    "bar at the limit of its hinge": Resting(
        [FLOOR, box(0, 2.0, 0.1, 0.1, immovable=True), box(0.4, 2.0, 0.8, 0.1)],
        [Joint(1, 2, (0, 2.0), limits=(-0.6, 0.6))],
    ),
    "welded pair": Resting([FLOOR, box(0, 0.8), box(0.4, 0.95, 0.4, 0.6)], [Joint(1, 2, (0.2, 0.9), weld=True)]),
    "car without motor": Resting(
        [FLOOR, box(0, 0.6, 1.0, 0.2), ball(-0.4, 0.45), ball(0.4, 0.45)],
        [Joint(1, 2, (-0.4, 0.45)), Joint(1, 3, (0.4, 0.45))],
    ),
    "see-saw with a heavier side": Resting(
        [
            FLOOR,
            box(0, 0.1, 0.1, 0.2, immovable=True),
            box(0, 0.25, 2.0, 0.1),
            box(-0.7, 0.41, 0.2, 0.2),
            box(0.7, 0.41, 0.2, 0.2, density=3.0),
        ],
        [Joint(1, 2, (0, 0.25))],
        angle=0.05,  # the slop over the 20 cm of a weight
    ),
}


@cache
def ours() -> dict[str, tuple[np.ndarray, float]]:
    cases, rows = zip(*(to_case(scene) for scene in SCENES.values()), strict=True)
    found = {}
    for name, run, indices in zip(SCENES, simulate(cases, STEPS), rows, strict=True):
        last = run.state
        poses = np.column_stack([last.position[-1, indices], last.angle[-1, indices]])
        speeds = np.abs(np.column_stack([last.velocity[-1, indices], last.angular_velocity[-1, indices]]))
        found[name] = poses, float(speeds.max())
    return found


@pytest.mark.parametrize("name", SCENES)
def test_both_engines_come_to_rest(name: str) -> None:
    """The bar at its limit is pulled back inside and falls into it again, at 1.4 cm/s; all others lie still."""
    assert run_box2d(SCENES[name], STEPS)[1] < 1e-3
    assert ours()[name][1] < (0.02 if "limit" in name else 1e-3)


@pytest.mark.parametrize("name", SCENES)
def test_resting_poses_agree_with_box2d(name: str) -> None:
    """The angle of a circle does not count: which way it rolled last depends on its moment of inertia."""
    scene = SCENES[name]
    theirs, _ = run_box2d(scene, STEPS)
    apart = np.abs(ours()[name][0] - theirs)
    assert apart[:, :2].max() < scene.distance
    assert apart[[body.size is not None for body in scene.bodies], 2].max() < scene.angle


def test_bodies_move_before_they_come_to_rest() -> None:
    """Final poses differ from initial ones, except in the stacks and on the slope, which have to stay."""
    for name, scene in SCENES.items():
        moved = max(
            np.linalg.norm(pose[:2] - body.place) for pose, body in zip(ours()[name][0], scene.bodies, strict=True)
        )
        assert (moved < 0.1) == (name in {"box on a slope below the friction angle", "stack of three", "pyramid"})
