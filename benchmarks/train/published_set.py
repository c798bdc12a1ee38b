"""The published permutation-invariant set network (kinetix-env 3.0.2), written anew: the same function of its weights.

Each kind of entity has an encoder of 60 numbers and a mark of 4 that says which kind it is. Rows that do not exist
are zeroed, every row goes through one layer of 256 with relu, and their sum through tanh is the embedding: a row that
does not exist still adds relu of the layer's bias. 5 x 128 layers with tanh for the actor, 5 for the critic.

The published layer is 8 heads of 32 each, with weights of their own and the same input, which is one matrix of 256."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from kinetix_agents.distributions import Head, head_of
from kinetix_agents.policies.network import NetworkPolicy
from kinetix_env.observations import Entities
from kinetix_env.protocols import ActionSpace, Distribution

__all__ = ["PublishedSet", "from_published"]

KINDS = ("circles", "polygons", "joints", "thrusters")  # in the order of their marks
ENCODER, EMBEDDING, WIDTH, DEPTH = 60, 256, 128, 5


def _layer(inputs: int, outputs: int, rngs: nnx.Rngs, scale: float = 2**0.5) -> nnx.Linear:
    return nnx.Linear(inputs, outputs, kernel_init=nnx.initializers.orthogonal(scale), rngs=rngs)


class SetNetwork(nnx.Module):
    """Entities of a batch to a distribution and values."""

    def __init__(self, columns: Mapping[str, int], head: Head, rngs: nnx.Rngs) -> None:
        self.head = head
        self.encoders = nnx.Dict({kind: _layer(columns[kind], ENCODER, rngs) for kind in KINDS})
        self.embed = _layer(ENCODER + len(KINDS), EMBEDDING, rngs)
        pairs = list(pairwise([EMBEDDING] + [WIDTH] * DEPTH))
        self.actor = nnx.List([_layer(inputs, outputs, rngs) for inputs, outputs in pairs])
        self.critic = nnx.List([_layer(inputs, outputs, rngs) for inputs, outputs in pairs])
        self.logits = _layer(WIDTH, head.size, rngs, 0.01)
        self.value = _layer(WIDTH, 1, rngs, 1.0)

    def __call__(self, obs: Entities) -> tuple[Distribution, jax.Array]:
        """The distribution of actions and the values of a batch."""
        embedding = jnp.tanh(nnx.relu(self.embed(self._rows(obs))).sum(1))
        actor = critic = embedding
        for of_actor, of_critic in zip(self.actor, self.critic, strict=True):
            actor, critic = jnp.tanh(of_actor(actor)), jnp.tanh(of_critic(critic))
        return self.head.distribution(self.logits(actor)), self.value(critic)[:, 0]

    def _rows(self, obs: Entities) -> jax.Array:
        """All entities [batch, row, 64]; zero where there is none."""
        rows = []
        for mark, kind in enumerate(KINDS):
            encoded = jnp.tanh(self.encoders[kind](getattr(obs, kind)))
            marks = jnp.broadcast_to(jax.nn.one_hot(mark, len(KINDS)), (*encoded.shape[:2], len(KINDS)))
            exists = getattr(obs, f"{kind.removesuffix('s')}_mask")
            rows.append(jnp.where(exists[..., None], jnp.concatenate([encoded, marks], axis=-1), 0.0))
        return jnp.concatenate(rows, axis=1)


@dataclass(frozen=True, kw_only=True)
class PublishedSet:
    """The published set network, of 222 k parameters in every size."""

    name: ClassVar[str] = "published-set"
    observation: ClassVar[str] = "entity"

    def build(self, observation: Any, action_space: ActionSpace) -> NetworkPolicy:
        """The policy for one observation's shapes."""
        columns = {kind: getattr(observation, kind).shape[-1] for kind in KINDS}
        head = head_of(action_space)
        return NetworkPolicy(lambda rngs: SetNetwork(columns, head, rngs))


def from_published(weights: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The parameters of `PublishedSet` that the published network's are, named `params/Dense_0/kernel` and so on."""

    def dense(name: str) -> dict[str, np.ndarray]:
        return {part: np.asarray(weights[f"params/{name}/{part}"]) for part in ("kernel", "bias")}

    trunk = "GeneralActorCriticRNN_0"

    def stack(first: int) -> dict[Any, Any]:
        return {k: dense(f"{trunk}/DenseAndActivation_{first + k}/Dense_0") for k in range(DEPTH)}

    heads = np.asarray(weights["params/MultiHeadDense_0/dense_kernels"])  # [head, row, column]
    embed = {
        "kernel": heads.transpose(1, 0, 2).reshape(heads.shape[1], -1),
        "bias": np.asarray(weights["params/MultiHeadDense_0/dense_biases"]).reshape(-1),
    }
    return {
        "encoders": {kind: dense(f"Dense_{mark}") for mark, kind in enumerate(KINDS)},
        "embed": embed,
        "actor": stack(0),
        "critic": stack(DEPTH),
        "logits": dense(f"{trunk}/Dense_0"),
        "value": dense(f"{trunk}/Dense_1"),
    }
