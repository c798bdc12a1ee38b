"""Episodes recorded from Kinetix 3.0.2 on twelve of its levels, played again here.

The recordings are no part of this project (see reference.py).
At the start every observation is the same. Afterwards the two engines differ by the order in which contacts are
solved, which contacts amplify: a level is listed here with how far apart it was measured to be, and the outcome is
compared where motion up to the end is not chaotic."""

from functools import cache
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Engine
from kinetix_env import EnvState, KinetixEnv
from kinetix_env.levels import NamedLevel, load
from kinetix_env.observations import EntityObservation, FlatObservation
from kinetix_env.task import MultiDiscrete, Sparse
from tests.kinetix_env.reference import EPISODES, MISSING, episode_path, level_path

pytestmark = pytest.mark.slow  # compiles all three sizes

ROWS_OF = {  # the mask that says which rows of a field exist
    "circles": "circle_mask",
    "polygons": "polygon_mask",
    "joints": "joint_mask",
    "thrusters": "thruster_mask",
    "joint_indexes": "joint_mask",
    "thruster_indexes": "thruster_mask",
}
FIELDS = [*ROWS_OF, *sorted(set(ROWS_OF.values())), "attention_mask"]


class Expected(NamedTuple):
    """Largest difference of any observed number after ten steps, and whether the outcome is the same."""

    at_10: float
    same_outcome: bool


# measured: (number at 10 steps, m at the end) - twice that is allowed
LEVELS = {
    "s_h2_one_wheel_car": Expected(1e-4, True),  # 4.4e-5, 1.3e-3 m
    "s_h4_thrust_aim": Expected(1e-5, True),  # 0, 2.3e-5 m
    "s_h7_unicycle_left": Expected(3e-3, True),  # 1.3e-3 rad/s, 4.8e-4 m
    "m_arm_up": Expected(1e-5, True),  # 2.4e-7, 2.6e-4 m
    "m_h14_thrustblock": Expected(1e-5, True),  # 3.6e-7, 1.9e-6 m
    "m_h1_car_left": Expected(1e-3, True),  # 5.4e-4, 7.9e-4 m: solved in step 82 in both
    "m_h5_angry_birds": Expected(3e-4, True),  # 1.1e-4, 6.2e-3 m
    "l_grasp_easy": Expected(0.6, False),  # 0.26: a gripper's joints work against each other; ends in 46, not 41
    "l_h4_cartpole": Expected(0.1, True),  # 5e-2 of a spinning wheel, 1.1e-2 m
    "l_h6_lorry": Expected(0.06, False),  # 2.6e-2, 3.5e-3 m: ends in step 44, not 43
    "l_hard_pinball": Expected(1e-5, False),  # 2.4e-7, then it bounces: 2.4e-2 m, ends in step 67, not 66
    "l_mjc_half_cheetah": Expected(0.04, True),  # 1.9e-2, 4.2e-3 m
}


class Both(eqx.Module):
    """The two observations that were recorded."""

    entity: Any
    flat: Any

    def __call__(self, state: EnvState) -> Any:
        return self.entity(state), self.flat(state)


class Played(NamedTuple):
    recorded: dict[str, np.ndarray]
    obs: Any  # rows begin with the start
    reward: np.ndarray
    done: np.ndarray
    solved: np.ndarray


@cache
def _program(capacity: Any) -> Any:
    views = Both(EntityObservation().build(capacity), FlatObservation().build(capacity))
    env = KinetixEnv(Engine(capacity), MultiDiscrete().build(capacity), views, Sparse().build())

    @jax.jit
    def run(level: Any, actions: Any) -> Any:
        key = jax.random.key(0)
        first, state = env.reset(key, level)

        def step(state: Any, action: Any) -> Any:
            obs, state, reward, done, info = env.step(key, state, action)
            return state, (obs, reward, done, info.solved)

        obs, *rest = jax.lax.scan(step, state, actions)[1]
        return jax.tree.map(lambda a, b: jnp.concatenate([a[None], b]), first, obs), *rest

    return run


def level(name: str) -> NamedLevel:
    return load(level_path(name.replace("_", "/", 1)))


@cache
def played(name: str) -> Played:
    with np.load(episode_path(name)) as file:
        recorded = {key: file[key] for key in file}
    named = level(name)
    out = _program(named.capacity)(named.level, jnp.asarray(recorded["actions"], jnp.int32))
    return Played(recorded, *jax.tree.map(np.asarray, out))


def differences(episode: Played, time: int) -> dict[str, float]:
    """Largest difference of each field of the observations after some steps, in rows that exist."""
    entity, flat = jax.tree.map(lambda x: x[time], episode.obs)
    found = {"flat": float(np.abs(flat - episode.recorded[f"flat{time}"]).max())}
    for field in FIELDS:
        ours, theirs = (
            np.asarray(x, np.float64) for x in (getattr(entity, field), episode.recorded[f"obs{time}_{field}"])
        )
        if field in ROWS_OF:
            exists = episode.recorded[f"obs{time}_{ROWS_OF[field]}"]
            ours, theirs = ours[exists], theirs[exists]
        found[field] = float(np.abs(ours - theirs).max(initial=0.0))
    return found


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_every_recording_is_tested() -> None:
    assert {path.stem for path in EPISODES.glob("*.npz")} == set(LEVELS)


@pytest.mark.parametrize("name", LEVELS)
def test_first_observation_is_the_published_one(name: str) -> None:
    """Entities, masks, indexes, the four relations between bodies, and the flat vector."""
    assert max(differences(played(name), 0).values()) < 1e-5


@pytest.mark.parametrize("name", LEVELS)
def test_observation_after_ten_steps(name: str) -> None:
    found = differences(played(name), 10)
    assert max(found.values()) < LEVELS[name].at_10, found
    assert all(found[field] == 0 for field in FIELDS if "index" in field or field in ROWS_OF.values())


@pytest.mark.parametrize("name", [name for name, expected in LEVELS.items() if expected.same_outcome])
def test_reward_goal_and_end_are_the_published_ones(name: str) -> None:
    """Up to and including the first step that is done. What the recording does afterwards is another episode."""
    episode = played(name)
    done = episode.recorded["done"]
    steps = int(done.argmax()) + 1 if done.any() else len(done)
    assert np.array_equal(episode.done[:steps], done[:steps])
    assert np.array_equal(episode.solved[:steps], episode.recorded["goal"][:steps])
    assert np.array_equal(episode.reward[:steps], episode.recorded["reward"][:steps])
