"""The trajectory of a scene does not depend on the other lanes of the batch, on its own lane, on the
batch size, or on how `jax.vmap`, `jax.lax.scan` and `jax.jit` are nested around the step.

In one compiled program it is the same bit for bit. Programs for other sizes may round differently, since the
compiler is free to fuse a product and a sum. (Those for other sizes do not, on the machines seen so far.) Then 1e-6
is allowed after one step and, since contacts amplify what differs, 1e-4 after ten in all but a few scenes."""

from functools import cache, partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine
from tests.jax2d.law_scenes import FULL, LEAN, crash
from tests.jax2d.simulate import stack
from tests.jax2d.strategies import same

pytestmark = pytest.mark.slow  # compiles many programs

SIZES = (1, 2, 7, 8, 9, 127, 128, 129, 300)  # around the 8 lanes of a vector and the 128 lanes of a chunk
STEPS = 10

Batch = tuple[Any, Any, jax.Array]  # scenes, states, actions


@cache
def batch(capacity: Capacity = LEAN) -> Batch:
    """Twenty scenes, each with as many velocities and actions as it takes to fill the largest batch."""
    draw, count = np.random.default_rng(0), max(SIZES)
    scene, state = (stack(part) for part in zip(*(crash(capacity, seed) for seed in range(20)), strict=True))
    scene, state = take((scene, state), np.arange(count) % 20)
    velocity = draw.uniform(-3, 3, state.velocity.shape) * (np.asarray(scene.inverse_mass) > 0)[..., None]
    state = eqx.tree_at(lambda s: s.velocity, state, jnp.asarray(velocity, jnp.float32))
    return scene, state, jnp.asarray(draw.uniform(-1, 1, (count, capacity.actions)), jnp.float32)


def take(tree: Any, index: Any) -> Any:
    return jax.tree.map(lambda field: field[index], tree)


def step(scene: Any, state: Any, action: jax.Array, capacity: Capacity = LEAN) -> tuple[Any, Any]:
    """One step of one scene: the state, and what is compared of state and contacts."""
    state, contacts = Engine(capacity).step(scene, state, action)
    fields = (state.position, state.angle, state.velocity, state.angular_velocity, state.joint_impulse)
    return state, (*fields, contacts.active, contacts.point, contacts.normal_impulse)


@partial(jax.jit, static_argnames="capacity")
def scan_of_vmap(scene: Any, state: Any, action: jax.Array, capacity: Capacity = LEAN) -> Any:
    """A few steps of a batch: what is compared, [scene, time, ...]."""

    def one(state: Any, _: None) -> Any:
        return jax.vmap(partial(step, capacity=capacity))(scene, state, action)

    found = jax.lax.scan(one, state, length=STEPS)[1]
    return jax.tree.map(lambda field: jnp.moveaxis(field, 0, 1), found)


@cache
def reference(capacity: Capacity = LEAN) -> Any:
    return scan_of_vmap(*batch(capacity), capacity)


def assert_close(found: Any, expected: Any) -> None:
    """Assert equality up to rounding, which contacts amplify."""
    for time, tolerance, share in ((0, 1e-6, 0.0), (STEPS - 1, 1e-4, 0.05)):
        apart = np.zeros(len(found[0]), bool)
        for a, b in zip(found, expected, strict=True):
            a, b = (np.asarray(field[:, time], np.float64).reshape(len(apart), -1) for field in (a, b))
            apart |= ~np.isclose(a, b, rtol=tolerance, atol=tolerance).all(axis=-1)
        assert apart.mean() <= share


@pytest.mark.parametrize("capacity", [FULL, LEAN])
def test_reference_trajectories_have_contacts_and_joints(capacity: Capacity) -> None:
    """Bodies touch in most scenes and are joined in half of them, and all values are finite."""
    *_, joint, active, _, pushes = reference(capacity)
    for field, share in ((active, 0.8), (pushes, 0.8), (joint, 0.5 if capacity.joints else 0.0)):
        assert np.asarray(field).reshape(max(SIZES), -1).any(axis=-1).mean() >= share
    assert all(np.isfinite(np.asarray(field)).all() for field in reference(capacity))


def test_trajectories_do_not_depend_on_the_lane() -> None:
    order = np.random.default_rng(1).permutation(max(SIZES))
    assert same(scan_of_vmap(*take(batch(FULL), order), FULL), take(reference(FULL), order))


def test_trajectories_do_not_depend_on_other_lanes() -> None:
    """Every third scene stays the same and the others are replaced."""
    index = np.arange(max(SIZES))
    kept = index % 3 == 0
    found = scan_of_vmap(*take(batch(FULL), np.where(kept, index, np.roll(index, 100))), FULL)
    assert same(take(found, kept), take(reference(FULL), kept))
    assert not same(found, reference(FULL))


def test_nan_in_other_lanes_does_not_spread() -> None:
    kept = np.arange(max(SIZES)) % 3 == 0
    scene, state, action = batch(FULL)

    def spoil(field: jax.Array) -> jax.Array:
        return jnp.where(kept.reshape(-1, *[1] * (field.ndim - 1)), field, jnp.full_like(field, jnp.nan))

    found = scan_of_vmap(scene, jax.tree.map(spoil, state), action, FULL)
    assert same(take(found, kept), take(reference(FULL), kept))
    assert np.isnan(found[0][~kept]).any(axis=(1, 2, 3)).all()


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES[:-1])
def test_trajectories_do_not_depend_on_the_batch_size(size: int) -> None:
    assert_close(scan_of_vmap(*take(batch(), slice(size))), take(reference(), slice(size)))


def test_a_scene_moves_the_same_without_vmap() -> None:
    """No vmap at all: `jit` of a scan of a step."""

    @jax.jit
    def alone(scene: Any, state: Any, action: jax.Array) -> Any:
        return jax.lax.scan(lambda state, _: step(scene, state, action), state, length=STEPS)[1]

    for index in (0, 5):
        found = jax.tree.map(lambda field: field[None], alone(*take(batch(), index)))
        assert_close(found, take(reference(), slice(index, index + 1)))


def test_a_step_without_jit_equals_the_compiled_step() -> None:
    """One step of a batch, operation by operation as far as JAX does so."""
    found = jax.vmap(step)(*take(batch(), slice(12)))[1]
    for a, b in zip(found, take(reference(), slice(12)), strict=True):
        assert np.asarray(a, np.float64) == pytest.approx(np.asarray(b[:, 0], np.float64), rel=1e-6, abs=1e-6)


def test_a_scene_moves_the_same_under_nested_vmaps() -> None:
    """3 times 4 scenes, in two vmaps and with another axis each."""

    @jax.jit
    def nested(scene: Any, state: Any, action: jax.Array) -> Any:
        inner = jax.vmap(step, in_axes=(0, 0, -1))
        one = jax.vmap(inner, in_axes=(0, 0, 0))
        return jax.lax.scan(lambda state, _: one(scene, state, action), state, length=STEPS)[1]

    scene, state, action = jax.tree.map(lambda field: field[:12].reshape(3, 4, *field.shape[1:]), batch())
    found = nested(scene, state, jnp.moveaxis(action, 1, -1))
    found = jax.tree.map(lambda field: jnp.moveaxis(field.reshape(STEPS, 12, *field.shape[3:]), 0, 1), found)
    assert_close(found, take(reference(), slice(12)))


def test_vmap_of_scan_equals_scan_of_vmap() -> None:
    def alone(scene: Any, state: Any, action: jax.Array) -> Any:
        return jax.lax.scan(lambda state, _: step(scene, state, action), state, length=STEPS)[1]

    assert_close(jax.jit(jax.vmap(alone))(*take(batch(), slice(12))), take(reference(), slice(12)))


def test_unbatched_scene_and_action_are_broadcast_over_states() -> None:
    """`in_axes=None`: what is not batched is the same for all."""
    scene, state, action = take(batch(), 3)
    scenes, states, actions = jax.tree.map(lambda field: jnp.stack([field] * 12), (scene, state, action))
    slower = states.velocity * jnp.linspace(0, 1, 12)[:, None, None]
    states = eqx.tree_at(lambda s: s.velocity, states, slower)

    @jax.jit
    def shared(scene: Any, state: Any, action: jax.Array) -> Any:
        one = jax.vmap(step, in_axes=(None, 0, None))
        return jax.lax.scan(lambda state, _: one(scene, state, action), state, length=STEPS)[1]

    found = jax.tree.map(lambda field: jnp.moveaxis(field, 0, 1), shared(scene, states, action))
    assert_close(found, scan_of_vmap(scenes, states, actions))
