"""The published networks as policies of ours, and how their parameters become those of ours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.train.published_set import PublishedSet, from_published
from kinetix_agents.policies import transformer
from kinetix_env.protocols import PolicyConfig

__all__ = ["NETWORKS", "Network"]


@dataclass(frozen=True)
class Network:
    """A published network."""

    config: PolicyConfig
    convert: Callable[[Mapping[str, np.ndarray]], dict[str, Any]]


NETWORKS = {
    "set": Network(PublishedSet(), from_published),
    "transformer": Network(transformer.Transformer(style="published"), transformer.from_published),
}
