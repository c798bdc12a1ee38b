"""Every joint kind has its equations, and one scene may have joints of all kinds."""

import jax
import numpy as np

from jax2d import Capacity, Engine, JointKind, SceneBuilder
from jax2d.boundary import WALLS
from jax2d.kernel.joints.prepare import KINDS

CEILING = WALLS[SceneBuilder.CEILING].position  # m


def test_every_kind_has_its_equations() -> None:
    assert list(KINDS) == list(JointKind)


def test_revolute_and_fixed_joints_act_side_by_side() -> None:
    """Two bars hang from the ceiling by one end; the revolute joint lets its bar swing, the fixed joint does not."""
    builder = SceneBuilder(Capacity(polygons=6, circles=1, joints=3, thrusters=0))
    places = (1.0, 3.5)  # m
    bars = [builder.box((x, 3.0), width=0.8, height=0.1) for x in places]
    for add, x, bar in zip((builder.revolute, builder.fixed), places, bars, strict=True):
        add(SceneBuilder.CEILING, bar, anchor=(x - 0.4 - CEILING[0], 3.0 - CEILING[1]))
    scene, state = builder.build()
    assert scene.joints.kind[:2].tolist() == [JointKind.REVOLUTE, JointKind.FIXED]
    engine = Engine(builder.capacity)
    actions = np.zeros((20, engine.capacity.actions), np.float32)
    after, _ = jax.jit(engine.rollout)(scene, state, actions)
    turned = np.abs(np.asarray(after.angle - state.angle))[bars]
    assert turned[0] > 0.2  # rad
    assert turned[1] < 0.05
