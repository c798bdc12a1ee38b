"""The settings of transformers: validation, and their effect on parameters."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest

from kinetix_agents.policies.network import count_parameters
from kinetix_agents.policies.transformer import Transformer
from kinetix_env.errors import ConfigError
from kinetix_env.protocols import PolicyConfig
from tests.kinetix_agents.transformer.scenes import SPACES, entities, template

pytestmark = pytest.mark.versions


def parameters_of(config: Transformer) -> int:
    policy = config.build(template(entities()), SPACES["multi-discrete"])
    return count_parameters(jax.eval_shape(policy.init, jax.random.key(0)))


def test_transformer_is_a_policy_config() -> None:
    assert isinstance(Transformer(), PolicyConfig)
    assert (Transformer.name, Transformer.observation) == ("transformer", "entity")


def test_the_default_is_smaller_than_the_published_one() -> None:
    assert 3 * parameters_of(Transformer()) < parameters_of(Transformer(style="published"))


@pytest.mark.parametrize("style", ["fast", "published"])
def test_settings_change_the_size(style: Any) -> None:
    least = parameters_of(Transformer(style=style))
    larger = ({"layers": 3}, {"width": 256}, {"attention": 80}, {"head_depth": 6}, {"head_width": 300})
    for settings in larger:
        assert parameters_of(Transformer(style=style, **settings)) > least, settings


def test_parameters_are_float32_whatever_is_computed_in() -> None:
    policy = Transformer(dtype="bfloat16").build(template(entities()), SPACES["continuous"])
    leaves = jax.tree.leaves(jax.eval_shape(policy.init, jax.random.key(0)))
    assert {leaf.dtype for leaf in leaves} == {jnp.dtype("float32")}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"style": "slow"}, "style must be one of 'fast', 'published', got 'slow'"),
        ({"dtype": "float16"}, "dtype must be one of 'auto', 'float32', 'bfloat16', got 'float16'"),
        ({"layers": 0}, "layers must be an integer of at least 1, got 0"),
        ({"layers": None}, "layers must be an integer of at least 1, got None"),
        ({"width": 1}, "width must be an integer of at least 2, or None, got 1"),
        ({"width": 64.0}, "width must be an integer of at least 2, or None, got 64.0"),
        ({"heads": True}, "heads must be an integer of at least 1, or None, got True"),
        ({"heads": 3}, "attention must be a multiple of its 3 heads, got 64"),
        ({"head_depth": -1}, "head_depth must be an integer of at least 0, or None, got -1"),
        ({"head_width": 0}, "head_width must be an integer of at least 1, or None, got 0"),
        ({"walls": -1}, "walls must be an integer of at least 0, or None, got -1"),
        ({"style": "published", "walls": 4}, "walls is for style 'fast' only, got 4"),
        ({"legacy_kinds": 1}, "legacy_kinds must be True or False, got 1"),
        ({"legacy_kinds": True}, "legacy_kinds is for style 'published' only"),
        ({"style": "published", "heads": 2}, "heads must be a multiple of 4 in style 'published', got 2"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Transformer(**settings)


def test_unsupported_observations_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"reads the observation 'entity' or .*, got one of type ShapeDtypeStruct"):
        Transformer().build(jax.ShapeDtypeStruct((140,), jnp.float32), SPACES["discrete"])
    with pytest.raises(ConfigError, match="counts some of the 6 polygons, so it cannot be 7"):
        Transformer(walls=7).build(template(entities()), SPACES["discrete"])
