"""Distributions over the actions of an action space, and the outputs that a network needs for them.

A `Head` is made from what an action space says of its heads (`kinetix_env.task.ActionHeads`): choices become
independent categorical distributions, real numbers independent normal ones."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from jax2d.batching import default_settings
from kinetix_env.protocols import ActionSpace, Distribution
from kinetix_env.task import ActionHeads, heads_of

__all__ = ["Categoricals", "Head", "Normals", "head_of"]

TINY = 1.1754944e-38  # smallest normal float32, whose logarithm is finite
IMPOSSIBLE = -1e9  # logit of a masked choice; its exp is exactly 0, and 0 times it is 0


class Categoricals(eqx.Module):
    """Independent choices, one per number of the action."""

    logits: Float[Array, "batch choice"]  # of all components, concatenated
    choices: tuple[int, ...] = eqx.field(static=True)
    scalar: bool = eqx.field(static=True, default=False)  # actions are scalars instead of arrays

    def _parts(self) -> list[Float[Array, "batch choice"]]:
        """Return the normalised log-probabilities of each component's choices."""
        ends = [sum(self.choices[: index + 1]) for index in range(len(self.choices))]
        parts = jnp.split(self.logits, ends[:-1], axis=-1)
        return [jax.nn.log_softmax(part) for part in parts]

    def _action(self, numbers: list[Int[Array, " batch"]]) -> Int[Array, "batch ..."]:
        return numbers[0] if self.scalar else jnp.stack(numbers, axis=-1)

    @default_settings
    def sample(self, key: PRNGKeyArray) -> Int[Array, "batch ..."]:
        """Sample each component (by the Gumbel-max trick, with one draw of random numbers for all)."""
        uniform = jax.random.uniform(key, self.logits.shape, minval=TINY)
        noise = -jnp.log(-jnp.log(uniform))
        return Categoricals(self.logits + noise, self.choices, self.scalar).mode()

    def mode(self) -> Int[Array, "batch ..."]:
        """Return the most likely choice of each component."""
        return self._action([part.argmax(-1).astype(jnp.int32) for part in self._parts()])

    @default_settings
    def log_prob(self, action: Int[Array, "batch ..."]) -> Float[Array, " batch"]:
        """Return the log-probability of each action: the sum over its components."""
        numbers = action[:, None] if self.scalar else action
        # a one-hot product: a gather with different indices per row is slow
        chosen = [jax.nn.one_hot(numbers[:, index], count) for index, count in enumerate(self.choices)]
        return sum(
            (jnp.sum(part * hot, axis=-1) for part, hot in zip(self._parts(), chosen, strict=True)),
            jnp.zeros(self.logits.shape[0]),
        )

    @default_settings
    def entropy(self) -> Float[Array, " batch"]:
        """Return the entropy in nats: the sum over the components."""
        return sum((-jnp.sum(jnp.exp(part) * part, axis=-1) for part in self._parts()), jnp.zeros(len(self.logits)))


class Normals(eqx.Module):
    """Independent normal distributions, one per number of the action. Numbers that nothing listens to do not count."""

    mean: Float[Array, "batch number"]
    log_std: Float[Array, " number"]
    used: Bool[Array, "batch number"]

    @default_settings
    def sample(self, key: PRNGKeyArray) -> Float[Array, "batch number"]:
        """Sample each component, without clipping, which the action space does."""
        return self.mean + jnp.exp(self.log_std) * jax.random.normal(key, self.mean.shape)

    def mode(self) -> Float[Array, "batch number"]:
        """Return the means."""
        return self.mean

    @default_settings
    def log_prob(self, action: Float[Array, "batch number"]) -> Float[Array, " batch"]:
        """Return the log-density of each action: the sum over its used components."""
        off = (action - self.mean) * jnp.exp(-self.log_std)
        density = -0.5 * (off * off + math.log(2 * math.pi)) - self.log_std
        return jnp.where(self.used, density, 0.0).sum(-1)

    @default_settings
    def entropy(self) -> Float[Array, " batch"]:
        """Return the entropy in nats: the sum over the used components."""
        entropy = self.log_std + 0.5 * (1 + math.log(2 * math.pi))
        return jnp.where(self.used, entropy, 0.0).sum(-1)


class Head(eqx.Module):
    """What a network has to give for an action space, and the distribution that this means."""

    outputs: ActionHeads = eqx.field(static=True)

    @property
    def choices(self) -> tuple[int, ...]:
        """The options of each independent choice; empty where numbers are real."""
        return self.outputs.choices

    @property
    def reals(self) -> int:
        """The number of independent real numbers."""
        return self.outputs.reals

    @property
    def scalar(self) -> bool:
        """Whether an action is a single integer."""
        return self.outputs.scalar

    @property
    def size(self) -> int:
        """The number of outputs per row: of logits, or of means."""
        return self.outputs.size

    def distribution(
        self,
        numbers: Float[Array, "batch size"],
        log_std: Float[Array, " number"] | None = None,
        used: Bool[Array, "batch size"] | None = None,
    ) -> Distribution:
        """Return the distribution given by a network's outputs.

        `log_std` is for real-valued actions only. `used` masks choices, or components of real-valued actions; by
        default all are used.
        """
        if self.choices:
            logits = numbers if used is None else jnp.where(used, numbers, IMPOSSIBLE)
            return Categoricals(logits, self.choices, self.scalar)
        std = jnp.zeros(self.reals) if log_std is None else log_std
        return Normals(numbers, std, jnp.ones(numbers.shape, bool) if used is None else used)


def head_of(space: ActionSpace) -> Head:
    """The head of an action space; a `ConfigError` if the space does not say what its heads are."""
    return Head(heads_of(space))
