"""Error messages of the engine without a run-time type checker, which in these tests would raise first.

The calls are made in a process of their own, once, and their messages compared here."""

import json
import re
import subprocess
import sys
from functools import cache

import pytest

pytestmark = pytest.mark.versions

CALLS = {
    "ENGINE.step(state, scene, action)": r"SceneError: Engine\.step: scene must be a Scene, got State\.",
    "ENGINE.step(None, state, action)": r"SceneError: Engine\.step: scene must be a Scene, got NoneType\.",
    "ENGINE.step(scene, other_state, action)": r"SceneError: .*state\.position must have shape \(7, 2\).* got \(9, 2\)",
    "ENGINE.step(*batch, action)": r"SceneError: .*For a batch of scenes wrap the method in jax\.vmap\.",
    "ENGINE.step(scene, batch[1], action)": r"SceneError: .*state.*For a batch of scenes wrap the method in jax\.vmap",
    "ENGINE.overlapping(*batch)": r"SceneError: Engine\.overlapping: .*wrap the method in jax\.vmap\.",
    "ENGINE.step(scene, state, jnp.zeros(()))": r"SceneError: .*an action is 2 numbers \(1 motors? and 1 thrusters?\)",
    "ENGINE.step(scene, state, jnp.zeros(3))": r"SceneError: .*an action is 2 numbers .*got shape \(3,\)",
    "ENGINE.step(scene, state, jnp.zeros((2, 2)))": r"SceneError: .*an action is 2 numbers .*got shape \(2, 2\)",
    "ENGINE.rollout(scene, state, jnp.zeros((4, 3)))": r"SceneError: .*an action is 2 numbers .*got shape \(3,\)",
    "ENGINE.rollout(scene, state, jnp.zeros((0, 2)))": r"SceneError: ",
    "ENGINE.rollout(scene, state, jnp.zeros(2))": r"SceneError: ",
    "ENGINE.step(scene, state, jnp.zeros(2, bool))": r"SceneError: .*real numbers, got type bool",
    "ENGINE.step(scene, state, jnp.zeros(2, complex))": r"SceneError: .*real numbers, got type complex64",
    "Engine((5, 2, 1, 1))": r"SceneError: Engine\.capacity must be a Capacity, got \(5, 2, 1, 1\)",
    "Engine(SMALL, params={'dt': 0.1})": r"SceneError: Engine\.params must be a PhysicsParams, got \{'dt': 0\.1\}",
    "Engine(SMALL, solver=10)": r"SceneError: Engine\.solver must be an? AbstractSolver.*, got 10",
    "Engine(SMALL, solver=SequentialImpulses)": r"SceneError: Engine\.solver must be .*AbstractSolver.*Sequential",
    "SequentialImpulses(iterations=2.5)": r"SceneError: .*iterations .*an integer of at least 1, got 2\.5",
    "jax.vmap(ENGINE.step)(*batch, jnp.zeros((4, 2)))": r"ValueError: vmap got inconsistent sizes",
    # what is no mistake
    "ENGINE.step(scene, state, [0, 1]) and None": r"nothing",
    "ENGINE.step(scene, state, np.zeros(2)) and None": r"nothing",
    "ENGINE.step(scene, state, jnp.zeros(2, int)) and None": r"nothing",
}

SCRIPT = """
import json, sys
import jax, jax.numpy as jnp, numpy as np
from jax2d import *
SMALL = Capacity.small()
ENGINE = Engine(SMALL)
scene, state = SceneBuilder(SMALL).build()
other_state = SceneBuilder(Capacity.medium()).build()[1]
batch = jax.tree.map(lambda x: jnp.stack([x] * 3), (scene, state))
action = ENGINE.action()
said = {}
for call in json.load(sys.stdin):
    try:
        jax.eval_shape(lambda: eval(call))
        said[call] = "nothing"
    except Exception as error:
        said[call] = f"{type(error).__name__}: {error}"
print(json.dumps(said))
"""


@cache
def messages() -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=json.dumps(list(CALLS)), capture_output=True, text=True, check=True
    )
    said: dict[str, str] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("call", CALLS)
def test_invalid_calls_raise_the_documented_message(call: str) -> None:
    assert re.search(CALLS[call], messages()[call].replace("\n", " "))
