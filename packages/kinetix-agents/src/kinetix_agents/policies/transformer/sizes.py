"""The sizes of a transformer with all defaults filled in."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float

from kinetix_env.observations import Entities

__all__ = ["KINDS", "Sizes", "columns_of", "features_of"]

KINDS = ("polygons", "circles", "joints", "thrusters")


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Settings of a network; see `Transformer` for what they mean."""

    width: int  # features per entity
    layers: int  # transformer layers
    heads: int  # attention heads
    attention: int  # total width of all attention heads
    head_depth: int  # hidden layers of actor and critic
    head_width: int  # width of those layers
    dtype: Any  # that it computes in; its parameters are float32


def columns_of(observation: Entities) -> dict[str, int]:
    """The length of a row of each kind."""
    return {kind: getattr(observation, kind).shape[-1] for kind in KINDS}


def features_of(obs: Entities, dtype: Any) -> dict[str, Float[Array, "batch row column"]]:
    """The rows of each kind; whatever stands in the rows that do not exist is zero here, not-a-numbers too."""
    features = {}
    for kind in KINDS:
        exists = getattr(obs, f"{kind.removesuffix('s')}_mask")
        features[kind] = jnp.where(exists[..., None], getattr(obs, kind), 0.0).astype(dtype)
    return features
