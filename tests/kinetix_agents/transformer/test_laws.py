"""Invariances of transformers to order, numbering and absent entities, finite outputs and gradients, in both styles."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_env.observations import Entities
from tests.kinetix_agents.transformer.scenes import (
    BATCH,
    SPACES,
    STYLES,
    changed,
    entities,
    outputs,
    parameters,
    policy,
    reordered,
    with_rubbish,
)

SUMS = 2e-5  # float32 sums in another order; outputs are of order 1


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", range(3))
def test_order_of_entities_does_not_matter(style: str, seed: int) -> None:
    """The observation reordered, relations included. It does not hold of the order of directions of a joint."""
    for given, expected in zip(outputs(reordered(entities(), seed), style), outputs(entities(), style), strict=True):
        np.testing.assert_allclose(given, expected, atol=SUMS)


@pytest.mark.parametrize("style", STYLES)
def test_outputs_depend_on_every_entity(style: str) -> None:
    """A network without inputs would satisfy the other laws."""
    obs = entities()
    logits, values = outputs(obs, style)
    for kind in ("polygons", "circles", "joints", "thrusters"):
        other, other_values = outputs(changed(obs, **{kind: getattr(obs, kind) * 1.5}), style)
        assert abs(other - logits)[0].max() > 1e-3
        assert abs(other_values - values)[0] > 1e-4
    unrelated = changed(obs, attention_mask=obs.attention_mask & jnp.array([True, False, False, False])[:, None, None])
    assert abs(outputs(unrelated, style)[0] - logits)[0].max() > 1e-3


@pytest.mark.parametrize("style", STYLES)
def test_absent_entities_have_no_influence(style: str) -> None:
    for given, expected in zip(outputs(with_rubbish(entities()), style), outputs(entities(), style), strict=True):
        np.testing.assert_allclose(given, expected, atol=1e-6)


@pytest.mark.parametrize("style", STYLES)
def test_outputs_of_an_empty_scene_are_finite(style: str) -> None:
    empty = jax.tree.map(jnp.zeros_like, entities())
    logits, values = outputs(empty, style)
    assert np.isfinite(logits).all() and np.isfinite(values).all()
    assert (logits == logits[0]).all()


def test_outputs_do_not_depend_on_the_order_within_contact_pairs() -> None:
    """Fast style only: the published one gives the touching mask to its heads as it comes."""
    obs = entities()
    touching = obs.attention_mask[:, 3]
    flipped = changed(obs, attention_mask=obs.attention_mask.at[:, 3].set(jnp.swapaxes(touching, 1, 2)))
    for given, expected in zip(outputs(flipped, "fast"), outputs(obs, "fast"), strict=True):
        np.testing.assert_allclose(given, expected, atol=SUMS)


def renumbered(obs: Entities, motors: np.ndarray, thrusters: np.ndarray) -> Entities:
    """The observation in which joints bound to motor `motors[k]` are bound to motor k, and likewise thrusters."""
    joints = obs.joints.at[..., 12:16].set(obs.joints[..., 12 + motors])
    return changed(obs, joints=joints, thrusters=obs.thrusters.at[..., 3:5].set(obs.thrusters[..., 3 + thrusters]))


@pytest.mark.parametrize("space", SPACES)
def test_renumbering_motors_and_thrusters_renumbers_the_action(space: str) -> None:
    """Only in the fast style."""
    obs, motors, thrusters = entities(), np.array([2, 0, 3, 1]), np.array([1, 0])
    order = {
        "multi-discrete": [
            *(3 * motors[:, None] + np.arange(3)).ravel(),
            *(12 + 2 * thrusters[:, None] + [0, 1]).ravel(),
        ],
        "continuous": [*motors, *(4 + thrusters)],
        "discrete": [*(2 * motors[:, None] + [0, 1]).flat, 8, *(9 + thrusters)],
    }
    numbers, values = outputs(obs, "fast", space)
    others, same = outputs(renumbered(obs, motors, thrusters), "fast", space)
    np.testing.assert_allclose(others, numbers[:, order[space]], atol=SUMS)
    np.testing.assert_allclose(same, values, atol=SUMS)
    assert abs(others - numbers).max() > 1e-3


@pytest.mark.parametrize("style", STYLES)
def test_gradients_are_finite_and_reach_all_parameters(style: str) -> None:
    """This includes NaN in absent rows and an empty scene, which is one of the batch."""
    built, obs = policy(style), with_rubbish(entities())
    masks = ("polygon_mask", "circle_mask", "joint_mask", "thruster_mask", "attention_mask")
    obs = changed(obs, **{name: getattr(obs, name).at[1].set(False) for name in masks})

    def loss(params: object) -> jax.Array:
        _, actions, values = built.apply(params, (), obs, jnp.zeros(BATCH, bool))
        return (values**2).mean() + actions.log_prob(actions.mode()).mean() + actions.entropy().mean()

    gradient = jax.jit(jax.grad(loss))(parameters(style))
    for path, leaf in jax.tree_util.tree_leaves_with_path(gradient):
        assert np.isfinite(leaf).all(), path
        assert np.any(leaf), path


@pytest.mark.parametrize("style", STYLES)
def test_bfloat16_outputs_are_close_to_float32(style: str) -> None:
    """Eight bits of mantissa through some ten products in a row: a few per cent of outputs of order 1."""
    for exact, rough in zip(outputs(entities(), style), outputs(entities(), style, dtype="bfloat16"), strict=True):
        assert rough.dtype == np.float32
        possible = exact > -1e8
        np.testing.assert_allclose(rough[possible], exact[possible], atol=0.15)
        assert np.abs(rough - exact)[possible].max() > 1e-5
