"""Baseline policies that do not learn: uniformly random actions, and no action at all.

They have no parameters, and their value is 0."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from jax2d import Capacity
from kinetix_env.errors import ConfigError
from kinetix_env.level import MOTOR_BINDINGS, THRUSTER_BINDINGS, empty_level
from kinetix_env.protocols import ActionSpace, Distribution
from kinetix_env.task import ContinuousActions

__all__ = ["FixedAction", "NoOp", "Uniform", "UniformActions", "no_op"]


class UniformActions(eqx.Module):
    """The uniform distribution over the actions of a space, for a number of rows."""

    mode_action: Array  # the action that does nothing, since all are equally likely
    space: ActionSpace
    rows: int = eqx.field(static=True)

    def sample(self, key: PRNGKeyArray) -> Array:
        """Sample an action for each row."""
        return jax.vmap(self.space.sample)(jax.random.split(key, self.rows))

    def mode(self) -> Array:
        """Return the action that does nothing, which is as likely as any other."""
        return jnp.broadcast_to(self.mode_action, (self.rows, *self.space.shape))

    def log_prob(self, action: Array) -> Float[Array, " batch"]:
        """Return minus the logarithm of the number of actions, or of their volume; -inf outside the space."""
        low, high, size = _bounds(self.space)
        inside = ((action >= low) & (action <= high)).reshape(self.rows, -1).all(axis=1)
        return jnp.where(inside, -size, -jnp.inf)

    def entropy(self) -> Float[Array, " batch"]:
        """Return the logarithm of the number of actions, or of their volume, in nats."""
        return jnp.full(self.rows, _bounds(self.space)[2])


class FixedAction(eqx.Module):
    """The distribution that has all its mass on one action, for a number of rows."""

    action: Array
    rows: int = eqx.field(static=True)

    def sample(self, key: PRNGKeyArray) -> Array:
        """Return the action."""
        del key
        return self.mode()

    def mode(self) -> Array:
        """Return the action."""
        return jnp.broadcast_to(self.action, (self.rows, *self.action.shape))

    def log_prob(self, action: Array) -> Float[Array, " batch"]:
        """Return 0 for the action and -inf for others: a log-probability, even if actions are real numbers."""
        same = (action == self.action).reshape(self.rows, -1).all(axis=1)
        return jnp.where(same, 0.0, -jnp.inf)

    def entropy(self) -> Float[Array, " batch"]:
        """Return 0 for each row, since the action is certain."""
        return jnp.zeros(self.rows)


class Baseline(eqx.Module):
    """A policy without parameters and without a carry that ignores observations."""

    space: ActionSpace
    still: Array  # the action that does nothing
    uniform: bool = eqx.field(static=True)

    def init(self, key: PRNGKeyArray) -> tuple[()]:
        """Return no parameters."""
        del key
        return ()

    def initial_carry(self, batch: int) -> tuple[()]:
        """Return an empty carry."""
        del batch
        return ()

    def apply(
        self, params: tuple[()], carry: tuple[()], obs: Any, reset: Bool[Array, " batch"]
    ) -> tuple[tuple[()], Distribution, Float[Array, " batch"]]:
        """Return the same distribution for every observation, and a value of 0."""
        del params, obs
        rows = reset.shape[0]
        distribution: Distribution = FixedAction(self.still, rows)
        if self.uniform:
            distribution = UniformActions(self.still, self.space, rows)
        return carry, distribution, jnp.zeros(rows)


@dataclass(frozen=True, kw_only=True)
class Uniform:
    """Uniformly random actions, a baseline that does not learn."""

    name: ClassVar[str] = "uniform"
    observation: ClassVar[str] = "entity"

    def build(self, observation: Any, action_space: ActionSpace) -> Baseline:
        """Build the policy for an action space."""
        del observation
        return Baseline(action_space, no_op(action_space), uniform=True)


@dataclass(frozen=True, kw_only=True)
class NoOp:
    """No action at all, a baseline that does not learn."""

    name: ClassVar[str] = "no-op"
    observation: ClassVar[str] = "entity"

    def build(self, observation: Any, action_space: ActionSpace) -> Baseline:
        """Build the policy for an action space."""
        del observation
        return Baseline(action_space, no_op(action_space), uniform=False)


def no_op(space: ActionSpace) -> Array:
    """Return the action that does nothing: zeros, or for a space with `count` the first that drives nothing."""
    if space.shape != ():
        return jnp.zeros(space.shape, space.dtype)
    # a level in which every motor and every thruster has its own binding
    level = empty_level(Capacity(polygons=4, circles=1, joints=MOTOR_BINDINGS, thrusters=THRUSTER_BINDINGS))
    bindings = (jnp.arange(MOTOR_BINDINGS), jnp.arange(THRUSTER_BINDINGS))
    level = eqx.tree_at(lambda level: (level.motor_binding, level.thruster_binding), level, bindings)
    for number in range(getattr(space, "count", 0)):
        action = jnp.asarray(number, space.dtype)
        if not space.controls(level, action).any():
            return action
    raise ConfigError(f"The action space {type(space).__name__} has no action that does nothing.")


def _bounds(space: ActionSpace) -> tuple[Array, Array, float]:
    """Return the bounds of an action's components, and the logarithm of the number of actions or of their volume."""
    choices: Any = getattr(space, "choices", None)
    count: Any = getattr(space, "count", None)
    if choices is not None:
        most = jnp.asarray(choices, space.dtype) - jnp.ones((), space.dtype)
        return jnp.zeros_like(most), most, sum(math.log(choice) for choice in choices)
    if count is not None and space.shape == ():
        return jnp.zeros((), space.dtype), jnp.asarray(count - 1, space.dtype), math.log(count)
    if isinstance(space, ContinuousActions):
        low = jnp.array([-1.0] * MOTOR_BINDINGS + [0.0] * THRUSTER_BINDINGS)
        return low, jnp.ones_like(low), MOTOR_BINDINGS * math.log(2)
    raise ConfigError(
        "The probability of a uniformly random action is known for action spaces with `choices` or `count` and for "
        f"ContinuousActions; got {type(space).__name__}."
    )
