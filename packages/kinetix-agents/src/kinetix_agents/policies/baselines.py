"""Baseline policies that do not learn: uniformly random actions, and no action at all.

They have no parameters, and their value is 0."""

from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from jax2d import Capacity
from kinetix_env.errors import ConfigError
from kinetix_env.level import MOTOR_BINDINGS, THRUSTER_BINDINGS, empty_level
from kinetix_env.protocols import ActionSpace, Distribution

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
        """Minus the logarithm of the number of actions, or of their volume; -inf for what is no action."""
        low, high = (jnp.asarray(end, self.space.dtype) for end in self.space.bounds)
        inside = ((action >= low) & (action <= high)).reshape(self.rows, -1).all(axis=1)
        return jnp.where(inside, -_log_size(self.space), -jnp.inf)

    def entropy(self) -> Float[Array, " batch"]:
        """Logarithm of the number of actions, or of their volume."""
        return jnp.full(self.rows, _log_size(self.space))


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
        """0: the action is certain."""
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
    """The action that does nothing: zeros, or if an action is a single integer, the first that drives nothing."""
    if space.shape != ():
        return jnp.zeros(space.shape, space.dtype)
    # a level in which every motor and every thruster has its own binding
    level = empty_level(Capacity(polygons=4, circles=1, joints=MOTOR_BINDINGS, thrusters=THRUSTER_BINDINGS))
    bindings = (jnp.arange(MOTOR_BINDINGS), jnp.arange(THRUSTER_BINDINGS))
    level = eqx.tree_at(lambda level: (level.motor_binding, level.thruster_binding), level, bindings)
    least, most = space.bounds
    for number in range(least, most + 1):
        action = jnp.asarray(number, space.dtype)
        if not space.controls(level, action).any():
            return action
    raise ConfigError(f"The action space {type(space).__name__} has no action that does nothing.")


def _log_size(space: ActionSpace) -> float:
    """The logarithm of the number of actions, or of their volume."""
    least, most = (np.broadcast_to(end, space.shape) for end in space.bounds)
    return float(np.log(most - least + bool(jnp.issubdtype(space.dtype, jnp.integer))).sum())
