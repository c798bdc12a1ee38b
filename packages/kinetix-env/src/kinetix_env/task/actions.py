"""What an agent may do. Every action space speaks of four motors and two thrusters, whatever a level has.

A joint listens to the motor that its binding names, a thruster to the thruster; several may share one, and
a level may use none. Joints that are `auto` run forward whatever the action says.

An action of the wrong shape or type is an `ActionError`, and so is a choice that does not exist. Inside `jax.jit`,
`jax.vmap` or a loop no value can be looked at: there a choice that does not exist does what its class says."""

from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from jax2d import Capacity
from jax2d.batching import default_settings

from ..errors import ActionError
from ..level.level import Level
from ..level.sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS
from .heads import ActionHeads

__all__ = [
    "Continuous",
    "ContinuousActions",
    "Discrete",
    "DiscreteActions",
    "MultiDiscrete",
    "MultiDiscreteActions",
]

ACTUATORS = MOTOR_BINDINGS + THRUSTER_BINDINGS


@default_settings
def controls(
    level: Level, motors: Float[Array, " motor"], thrusters: Float[Array, " thruster"]
) -> Float[Array, " control"]:
    """The engine's action: each joint's motor number, 1 where it is auto, then each thruster's number."""
    of_joints, of_thrusters = _chosen(motors, level.motor_binding), _chosen(thrusters, level.thruster_binding)
    return jnp.concatenate([jnp.where(level.motor_auto, 1.0, of_joints), of_thrusters])


def _chosen(numbers: Float[Array, " number"], binding: Int[Array, " row"]) -> Float[Array, " row"]:
    """`numbers[binding]`, without a gather: with other indices in each row of a batch that is slow."""
    return jnp.where(binding[:, None] == jnp.arange(len(numbers)), numbers, 0.0).sum(-1)


def _checked(action: Any, shape: tuple[int, ...], whole: bool, name: str, meaning: str) -> Array:
    """The action as an array of this shape, of integers if `whole`, else of real numbers."""
    takes = f"A {name} action is {meaning}: an array of {'integers' if whole else 'real numbers'} of shape {shape}"
    try:
        given: Array = jnp.asarray(action)
    except (TypeError, ValueError):
        raise ActionError(f"{takes}, got {type(action).__name__}.") from None
    kind = jnp.integer if whole else jnp.floating
    if given.shape != shape or not (jnp.issubdtype(given.dtype, kind) or given.dtype == bool):
        got = f"{given.dtype} of shape {given.shape}"
        raise ActionError(f"{takes}, got {got}. For a batch wrap the call in jax.vmap.")
    return given


def _check_choices(given: Array, choices: Any, name: str, meaning: str) -> None:
    """Refuse numbers outside of [0, choices), one limit for all or one for each, where the values are known."""
    if isinstance(given, jax.core.Tracer):
        return
    values = np.asarray(given).astype(np.int64)
    if ((values < 0) | (values >= np.asarray(choices))).any():
        raise ActionError(f"A {name} action is {meaning}, got {values.tolist()}.")


class MultiDiscreteActions(eqx.Module):
    """Six numbers: each motor 0 off, 1 forward, 2 backward; each thruster 0 off, 1 on.

    Traced numbers beyond: a motor is off, a thruster on.
    """

    choices: tuple[int, ...] = eqx.field(static=True, default=(3,) * MOTOR_BINDINGS + (2,) * THRUSTER_BINDINGS)

    @property
    def shape(self) -> tuple[int, ...]:
        """One number per actuator."""
        return (ACTUATORS,)

    @property
    def dtype(self) -> Any:
        """Integers."""
        return jnp.int32

    @property
    def bounds(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """0, and the last choice of each actuator."""
        return (0,) * ACTUATORS, tuple(count - 1 for count in self.choices)

    def heads(self) -> ActionHeads:
        """A logit per choice: three per motor, two per thruster."""
        return ActionHeads(choices=self.choices, motor=3, thruster=2)

    @default_settings
    def controls(self, level: Level, action: Any) -> Float[Array, " control"]:
        """The engine's action."""
        name, meaning = "multi-discrete", "4 motors in {0, 1, 2} and 2 thrusters in {0, 1}"
        given = _checked(action, self.shape, True, name, meaning)
        _check_choices(given, self.choices, name, meaning)
        motor, thruster = given[:MOTOR_BINDINGS], given[MOTOR_BINDINGS:]
        motors = jnp.where(motor == 1, 1.0, jnp.where(motor == 2, -1.0, 0.0))
        return controls(level, motors, (thruster != 0).astype(jnp.float32))

    @default_settings
    def sample(self, key: PRNGKeyArray) -> Array:
        """Draw an action, uniformly."""
        # bits are drawn once, where randint draws twice; the bias is below 1e-9
        return (jax.random.bits(key, self.shape) % jnp.array(self.choices, jnp.uint32)).astype(jnp.int32)


class ContinuousActions(eqx.Module):
    """Six real numbers: each motor in [-1, 1], each thruster in [0, 1]; numbers beyond are clipped."""

    bounds: ClassVar[tuple[tuple[float, ...], tuple[float, ...]]] = (
        (-1.0,) * MOTOR_BINDINGS + (0.0,) * THRUSTER_BINDINGS,
        (1.0,) * ACTUATORS,
    )

    @property
    def shape(self) -> tuple[int, ...]:
        """One number per actuator."""
        return (ACTUATORS,)

    @property
    def dtype(self) -> Any:
        """Real numbers."""
        return jnp.float32

    def heads(self) -> ActionHeads:
        """A mean per actuator."""
        return ActionHeads(reals=ACTUATORS, motor=1, thruster=1)

    @default_settings
    def controls(self, level: Level, action: Any) -> Float[Array, " control"]:
        """The engine's action."""
        given = _checked(action, self.shape, False, "continuous", "4 motors in [-1, 1] and 2 thrusters in [0, 1]")
        motors, thrusters = given[:MOTOR_BINDINGS], given[MOTOR_BINDINGS:]
        return controls(level, jnp.clip(motors, -1.0, 1.0), jnp.clip(thrusters, 0.0, 1.0))

    @default_settings
    def sample(self, key: PRNGKeyArray) -> Array:
        """Draw an action, uniformly."""
        return jax.random.uniform(key, self.shape, minval=jnp.array(self.bounds[0]), maxval=1.0)


class DiscreteActions(eqx.Module):
    """One of eleven: motor k backward (2k) or forward (2k + 1), nothing (8), thruster k (9 + k).

    A traced number beyond does nothing.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """A single number."""
        return ()

    @property
    def dtype(self) -> Any:
        """An integer."""
        return jnp.int32

    @property
    def count(self) -> int:
        """The number of actions."""
        return 2 * MOTOR_BINDINGS + 1 + THRUSTER_BINDINGS

    @property
    def bounds(self) -> tuple[int, int]:
        """The first and the last action."""
        return 0, self.count - 1

    def heads(self) -> ActionHeads:
        """A logit per action: two per motor, one for doing nothing, one per thruster."""
        return ActionHeads(choices=(self.count,), scalar=True, motor=2, thruster=1, neutral=1)

    @default_settings
    def controls(self, level: Level, action: Any) -> Float[Array, " control"]:
        """The engine's action."""
        meaning = f"one number in 0 to {self.count - 1}"
        given = _checked(action, self.shape, True, "discrete", meaning)
        _check_choices(given, self.count, "discrete", meaning)
        motor, nothing = jnp.arange(MOTOR_BINDINGS), 2 * MOTOR_BINDINGS
        motors = jnp.where(given == 2 * motor + 1, 1.0, jnp.where(given == 2 * motor, -1.0, 0.0))
        thrusters = (given == nothing + 1 + jnp.arange(THRUSTER_BINDINGS)).astype(jnp.float32)
        return controls(level, motors, thrusters)

    @default_settings
    def sample(self, key: PRNGKeyArray) -> Array:
        """Draw an action, uniformly."""
        return jax.random.randint(key, (), 0, self.count)


@dataclass(frozen=True, kw_only=True)
class MultiDiscrete:
    """All six actuators at once, each off or at full power (the published default)."""

    name: ClassVar[str] = "multi-discrete"

    def build(self, capacity: Capacity) -> MultiDiscreteActions:
        """The same for every capacity."""
        return MultiDiscreteActions()


@dataclass(frozen=True, kw_only=True)
class Continuous:
    """All six actuators at once, each at any fraction of its power."""

    name: ClassVar[str] = "continuous"

    def build(self, capacity: Capacity) -> ContinuousActions:
        """The same for every capacity."""
        return ContinuousActions()


@dataclass(frozen=True, kw_only=True)
class Discrete:
    """One actuator at a time."""

    name: ClassVar[str] = "discrete"

    def build(self, capacity: Capacity) -> DiscreteActions:
        """The same for every capacity."""
        return DiscreteActions()
