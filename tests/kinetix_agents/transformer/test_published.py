"""The published network: outputs equal the original's, and weights survive import and export."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents.policies.network import count_parameters
from kinetix_agents.policies.transformer import Transformer, from_published, to_published
from kinetix_env.errors import ConfigError
from tests.kinetix_agents.transformer.scenes import (
    BATCH,
    SMALL,
    SPACES,
    entities,
    parameters,
    recorded,
    recorded_entities,
    recorded_weights,
    template,
)

pytestmark = pytest.mark.versions

SETTINGS = {**SMALL, "heads": 8}  # of the recorded network


def flat(tree: Any) -> dict[str, np.ndarray]:
    return {"/".join(str(key.key) for key in path): leaf for path, leaf in jax.tree_util.tree_leaves_with_path(tree)}


def normalised(logits: Any) -> np.ndarray:
    """The recorded log-probabilities of each choice."""
    parts = np.split(np.asarray(logits), [3, 6, 9, 12, 14], axis=1)
    return np.concatenate([part - np.log(np.exp(part).sum(1, keepdims=True)) for part in parts], axis=1)


@pytest.mark.parametrize("legacy", [False, True])
def test_outputs_equal_the_original(legacy: bool) -> None:
    policy = Transformer(style="published", legacy_kinds=legacy, **SETTINGS).build(
        template(entities()), SPACES["multi-discrete"]
    )
    params = from_published(recorded_weights())
    _, actions, values = jax.jit(policy.apply)(params, (), recorded_entities(), jnp.zeros(BATCH, bool))
    prefix = "legacy/" * legacy
    # float32 sums in another order; logits and values are up to 4
    np.testing.assert_allclose(normalised(actions.logits), recorded()[f"{prefix}logits"], atol=1e-5)
    np.testing.assert_allclose(values, recorded()[f"{prefix}values"], atol=1e-5)


def test_weights_have_the_shapes_of_parameters() -> None:
    policy = Transformer(style="published", **SETTINGS).build(template(entities()), SPACES["multi-discrete"])
    expected = jax.eval_shape(policy.init, jax.random.key(0))
    given = jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype), from_published(recorded_weights()))
    assert given == expected


def test_parameter_count_equals_the_original() -> None:
    policy = Transformer(style="published").build(template(entities()), SPACES["multi-discrete"])
    assert count_parameters(jax.eval_shape(policy.init, jax.random.key(0))) == 786_369


def test_published_weights_survive_import_and_export() -> None:
    there_and_back = flat(to_published(from_published(recorded_weights())))
    assert there_and_back.keys() == recorded_weights().keys()
    for name, array in recorded_weights().items():
        np.testing.assert_array_equal(there_and_back[name], array)


@pytest.mark.parametrize("space", SPACES)
def test_parameters_survive_export_and_import(space: str) -> None:
    params = parameters("published", space)
    there_and_back = from_published(to_published(params, heads=SMALL["heads"]))
    assert jax.tree.structure(there_and_back) == jax.tree.structure(params)
    jax.tree.map(np.testing.assert_array_equal, there_and_back, params)


def test_weights_may_be_a_tree_or_named_by_paths_of_two_kinds() -> None:
    named = recorded_weights()
    expected = from_published(named)
    tree = to_published(expected)
    commas = {name.replace("/", ","): array for name, array in named.items()}
    for weights in (tree, tree["params"], commas):
        jax.tree.map(np.testing.assert_array_equal, from_published(weights), expected)


def test_weights_of_other_networks_are_refused() -> None:
    named = recorded_weights()
    missing = {name: array for name, array in named.items() if "gating_bias" not in name}
    with pytest.raises(ConfigError, match="need Transformer_0/tf_layers_0/gate1/gating_bias"):
        from_published(missing)
    with pytest.raises(ConfigError, match="0 transformer layers"):
        from_published({name: array for name, array in named.items() if "Transformer_0" not in name})
    recurrent = {**named, "params/GeneralActorCriticRNN_0/ScannedRNN_0/GRUCell_0/hn/bias": np.zeros(256)}
    with pytest.raises(ConfigError, match="without recurrence"):
        from_published(recurrent)
    with pytest.raises(ConfigError, match="0 transformer layers, 0 layers of both"):
        from_published({})
