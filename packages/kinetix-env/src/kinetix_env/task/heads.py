"""What a network has to give for an action of a space, as the space itself says: `ActionSpace.heads`."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp

from ..errors import ConfigError
from ..level.sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS

__all__ = ["ActionHeads", "heads_of"]


@dataclass(frozen=True, kw_only=True)
class ActionHeads:
    """The outputs of a network for one action: logits of independent choices, or means of independent real numbers.

    A space whose outputs belong to motors and thrusters says how many each has. Networks then share one head among all
    motors and one among all thrusters; they expect the outputs of each motor in turn, then the `neutral` ones, then
    those of each thruster. Of several choices the first one must then do nothing: it is the only possible one for a
    motor or thruster that no part of a level listens to.
    """

    choices: tuple[int, ...] = ()  # options of each independent choice; empty where numbers are real
    reals: int = 0  # independent real numbers; 0 where there are choices
    scalar: bool = False  # an action is a single integer of shape (), and not an array
    motor: int = 0  # outputs per motor; 0 unless the outputs belong to motors and thrusters
    thruster: int = 0  # outputs per thruster, likewise
    neutral: int = 0  # outputs that belong to neither, likewise

    def __post_init__(self) -> None:
        if bool(self.choices) == bool(self.reals) or min((self.reals, *self.choices)) < 0:
            raise ConfigError(f"ActionHeads has either `choices` or `reals`, got {self.choices} and {self.reals}.")
        if self.scalar and len(self.choices) != 1:
            raise ConfigError(f"ActionHeads.scalar takes one choice, got `choices` {self.choices}.")
        if (self.motor, self.thruster, self.neutral) == (0, 0, 0):
            return
        parts = MOTOR_BINDINGS * self.motor + self.neutral + THRUSTER_BINDINGS * self.thruster
        if min(self.motor, self.thruster) < 1 or self.neutral not in (0, 1) or parts != self.size:
            raise ConfigError(
                f"ActionHeads must divide its {self.size} outputs among {MOTOR_BINDINGS} motors, at most 1 neutral "
                f"output and {THRUSTER_BINDINGS} thrusters, got {self.motor} per motor, {self.neutral} neutral, "
                f"{self.thruster} per thruster."
            )

    @property
    def size(self) -> int:
        """The number of outputs: of logits, or of means."""
        return sum(self.choices) + self.reals

    @property
    def by_actuator(self) -> bool:
        """Whether the outputs belong to motors and thrusters."""
        return self.motor > 0

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one action."""
        return () if self.scalar else (len(self.choices) + self.reals,)


def heads_of(space: Any) -> ActionHeads:
    """The heads of an action space; a `ConfigError` if it has none, or if its shape and type are not theirs."""
    title = f"The action space {type(space).__name__}"
    of_space = getattr(space, "heads", None)
    heads = of_space() if callable(of_space) else None
    if not isinstance(heads, ActionHeads):
        raise ConfigError(f"{title} must have a method heads() that gives an ActionHeads (kinetix_env.task).")
    kind = jnp.integer if heads.choices else jnp.floating
    if tuple(space.shape) != heads.shape or not jnp.issubdtype(space.dtype, kind):
        takes = f"{'integers' if heads.choices else 'real numbers'} of shape {heads.shape}"
        got = f"{jnp.dtype(space.dtype).name} of shape {tuple(space.shape)}"
        raise ConfigError(f"{title} has heads for {takes}, but its actions are {got}.")
    return heads
