"""Observations for tests of transformers, and equivalent ones with entities in another order.

They are those of the recording (scripts/record_transformer.py): eight of size M, drawn at random; all rows of the first
exist."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from kinetix_agents.policies.transformer import Transformer
from kinetix_env.level import MOTOR_BINDINGS, SIZES, THRUSTER_BINDINGS
from kinetix_env.observations import Entities
from kinetix_env.task import Continuous, Discrete, MultiDiscrete

RECORDING = Path(__file__).with_name("published.npz")
CAPACITY = SIZES["m"]
BATCH, POLYGONS, CIRCLES = 8, CAPACITY.polygons, CAPACITY.circles
JOINTS, THRUSTERS, WALLS = CAPACITY.joints, CAPACITY.thrusters, CAPACITY.static_polygons
SPACES = {config.name: config.build(CAPACITY) for config in (MultiDiscrete(), Continuous(), Discrete())}
SMALL = {"width": 16, "heads": 4, "attention": 16, "head_width": 16}
STYLES = ("fast", "published")


@cache
def recorded() -> dict[str, np.ndarray]:
    with np.load(RECORDING) as file:
        return {name: file[name] for name in file.files}


def recorded_weights() -> dict[str, np.ndarray]:
    return {name: array for name, array in recorded().items() if name.startswith("params/")}


def recorded_entities() -> Entities:
    return jax.vmap(lambda one: Entities(**one))(
        {name[4:]: jnp.asarray(array) for name, array in recorded().items() if name.startswith("obs/")}
    )


def changed(obs: Entities, **fields: Any) -> Entities:
    """The observation with some fields replaced."""
    return jax.vmap(lambda one, new: replace(one, **new))(obs, jax.tree.map(jnp.asarray, fields))


@cache
def entities() -> Entities:
    """The recorded observations with corrected columns of motor and thruster bindings."""
    obs, draw = recorded_entities(), np.random.default_rng(0)
    joints, thrusters = np.array(obs.joints), np.array(obs.thrusters)
    joints[..., 10] = draw.random((BATCH, 2 * JOINTS)) < 0.7
    joints[..., 12:16] = np.eye(MOTOR_BINDINGS)[draw.integers(0, MOTOR_BINDINGS, (BATCH, 2 * JOINTS))]
    joints[:, JOINTS:, 8:] = joints[:, :JOINTS, 8:]
    thrusters[..., 3:5] = np.eye(THRUSTER_BINDINGS)[draw.integers(0, THRUSTER_BINDINGS, (BATCH, THRUSTERS))]
    return changed(obs, joints=joints, thrusters=thrusters)


def template(obs: Entities) -> Any:
    """The shapes of one observation."""
    return jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape[1:], x.dtype), obs)


@cache
def policy(style: str, space: str = "multi-discrete", **settings: Any) -> Any:
    return Transformer(style=style, **{**SMALL, **settings}).build(template(entities()), SPACES[space])


@cache
def parameters(style: str, space: str = "multi-discrete", **settings: Any) -> Any:
    return random_parameters(policy(style, space, **settings))


def random_parameters(policy: Any) -> Any:
    """Random parameters, also where initial ones are zero or tiny; drawn without compiling."""
    draw = np.random.default_rng(0)

    def like(leaf: Any) -> jax.Array:
        # larger than networks begin with: outputs are of order 1, and feel every part of the observation
        return jnp.asarray(2.0 * draw.normal(size=leaf.shape) / np.sqrt(max(leaf.shape[0], 4)), jnp.float32)

    return jax.tree.map(like, jax.eval_shape(policy.init, jax.random.key(0)))


@cache
def program(style: str, space: str = "multi-discrete", **settings: Any) -> Any:
    """A function from parameters and observations to the distribution and the values."""
    built = policy(style, space, **settings)

    def run(params: Any, obs: Entities) -> Any:
        return built.apply(params, (), obs, jnp.zeros(len(obs.polygons), bool))[1:]

    return jax.jit(run)


def outputs(obs: Entities, style: str, space: str = "multi-discrete", **settings: Any) -> tuple[np.ndarray, np.ndarray]:
    """Logits or means, and values."""
    distribution, value = program(style, space, **settings)(parameters(style, space, **settings), obs)
    return np.asarray(distribution.mean if space == "continuous" else distribution.logits), np.asarray(value)


def reordered(obs: Entities, seed: int) -> Entities:
    """A random order of walls, other polygons, circles, joints and thrusters, each kind permuted within itself."""
    draw = np.random.default_rng(seed)

    def shuffled(start: int, count: int) -> np.ndarray:
        return start + draw.permutation(count)

    polygons = np.concatenate([shuffled(0, WALLS), shuffled(WALLS, POLYGONS - WALLS)])
    circles, joints, thrusters = (shuffled(0, count) for count in (CIRCLES, JOINTS, THRUSTERS))
    order = np.concatenate([polygons, POLYGONS + circles])
    place, rows = jnp.asarray(np.argsort(order)), np.concatenate([joints, JOINTS + joints])
    return changed(
        obs,
        polygons=obs.polygons[:, polygons],
        circles=obs.circles[:, circles],
        joints=obs.joints[:, rows],
        thrusters=obs.thrusters[:, thrusters],
        polygon_mask=obs.polygon_mask[:, polygons],
        circle_mask=obs.circle_mask[:, circles],
        joint_mask=obs.joint_mask[:, rows],
        thruster_mask=obs.thruster_mask[:, thrusters],
        joint_indexes=place[obs.joint_indexes[:, rows]],
        thruster_indexes=place[obs.thruster_indexes[:, thrusters]],
        attention_mask=obs.attention_mask[:, :, order][..., order],
    )


def with_rubbish(obs: Entities) -> Entities:
    """The observation with NaN in absent rows, relations of them to all entities, and indices of absent bodies."""

    def fill(rows: Any, exists: Any, rubbish: Any) -> jax.Array:
        mask = np.asarray(exists).reshape(exists.shape + (1,) * (np.ndim(rows) - 2))
        return jnp.asarray(np.where(mask, rows, rubbish))

    bodies = np.concatenate([obs.polygon_mask, obs.circle_mask], axis=1)
    both = bodies[:, None, :, None] & bodies[:, None, None]
    return changed(
        obs,
        polygons=fill(obs.polygons, obs.polygon_mask, np.float32(np.nan)),
        circles=fill(obs.circles, obs.circle_mask, np.float32(np.inf)),
        joints=fill(obs.joints, obs.joint_mask, np.float32(np.nan)),
        thrusters=fill(obs.thrusters, obs.thruster_mask, np.float32(-np.inf)),
        joint_indexes=fill(obs.joint_indexes, obs.joint_mask, np.int32(1000)),
        thruster_indexes=fill(obs.thruster_indexes, obs.thruster_mask, np.int32(-7)),
        attention_mask=jnp.asarray(np.where(both, obs.attention_mask, True)),
    )
