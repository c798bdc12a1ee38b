"""Heads of the fast transformer: from its features to the parameters of an action distribution.

`ActuatorHead`, for action spaces whose outputs belong to motors and thrusters: all motors share a network, all
thrusters another. A motor is described by the sum of the joints that listen to it, a thruster likewise, so to renumber
them renumbers the action. One that nothing listens to can do nothing but its no-op, and its real number does not count.
`PooledHead`, for any other action space: a network of the whole scene."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from kinetix_env.level import MOTOR_BINDINGS, THRUSTER_BINDINGS
from kinetix_env.protocols import ActionSpace, Distribution

from ...distributions import Head, head_of
from .layers import Links
from .sizes import Sizes

__all__ = ["ActuatorHead", "Perceptron", "PooledHead", "head_for"]

Listening = tuple[Bool[Array, "batch joint motor"], Bool[Array, "batch thruster nozzle"]]


class Perceptron(nnx.Module):
    """A multilayer perceptron with GELU between layers."""

    def __init__(self, inputs: int, outputs: int, scale: float, sizes: Sizes, rngs: nnx.Rngs) -> None:
        linear = partial(nnx.Linear, dtype=sizes.dtype, rngs=rngs)
        widths = [inputs] + [sizes.head_width] * sizes.head_depth
        self.hidden = nnx.List([linear(*pair) for pair in pairwise(widths)])
        self.last = linear(widths[-1], outputs, kernel_init=nnx.initializers.orthogonal(scale))

    def __call__(self, x: Float[Array, "*rows inputs"]) -> Float[Array, "*rows outputs"]:
        """The outputs in float32, whatever dtype they are computed in."""
        for layer in self.hidden:
            x = nnx.gelu(layer(x))
        return self.last(x).astype(jnp.float32)


class PooledHead(nnx.Module):
    """A head that computes all outputs from the features of the token."""

    def __init__(self, head: Head, sizes: Sizes, rngs: nnx.Rngs) -> None:
        self.head = head
        self.numbers = Perceptron(sizes.width, head.size, 0.01, sizes, rngs)
        if head.reals:
            self.log_std = nnx.Param(jnp.zeros(head.reals))

    def __call__(self, token: Float[Array, "batch w"], links: Links, listening: Listening) -> Distribution:
        """The action distribution of a batch."""
        del links, listening
        return self.head.distribution(self.numbers(token), self.log_std[...] if self.head.reals else None)


class ActuatorHead(nnx.Module):
    """A head that computes the outputs of each motor and thruster from its bound links and the token."""

    def __init__(self, head: Head, sizes: Sizes, rngs: nnx.Rngs) -> None:
        self.head = head
        self.motor = Perceptron(2 * sizes.width, head.outputs.motor, 0.01, sizes, rngs)
        self.thruster = Perceptron(2 * sizes.width, head.outputs.thruster, 0.01, sizes, rngs)
        if head.reals:
            self.log_std = nnx.Param(jnp.zeros(2))  # of all motors, of all thrusters
        if head.outputs.neutral:
            self.nothing = Perceptron(sizes.width, 1, 0.01, sizes, rngs)

    def __call__(self, token: Float[Array, "batch w"], links: Links, listening: Listening) -> Distribution:
        """The action distribution of a batch."""
        motors, thrusters = listening
        of_motors = self._numbers(self.motor, token, links.joints, motors)
        of_thrusters = self._numbers(self.thruster, token, links.thrusters, thrusters)
        motor_used = jnp.broadcast_to(motors.any(1)[..., None], of_motors.shape)
        thruster_used = jnp.broadcast_to(thrusters.any(1)[..., None], of_thrusters.shape)
        if self.head.choices and not self.head.scalar:  # the first choice of each is to do nothing
            motor_used, thruster_used = motor_used.at[..., 0].set(True), thruster_used.at[..., 0].set(True)
        batch = len(token)
        numbers, used = [of_motors.reshape(batch, -1)], [motor_used.reshape(batch, -1)]
        if self.head.outputs.neutral:
            numbers.append(self.nothing(token))
            used.append(jnp.ones((batch, 1), bool))
        numbers.append(of_thrusters.reshape(batch, -1))
        used.append(thruster_used.reshape(batch, -1))
        log_std = None
        if self.head.reals:
            counts = jnp.array([MOTOR_BINDINGS, THRUSTER_BINDINGS])
            log_std = jnp.repeat(self.log_std[...], counts, total_repeat_length=self.head.reals)
        return self.head.distribution(jnp.concatenate(numbers, axis=1), log_std, jnp.concatenate(used, axis=1))

    def _numbers(
        self,
        network: Callable[[Array], Array],
        token: Float[Array, "batch w"],
        links: Float[Array, "batch link w"],
        listening: Bool[Array, "batch link actuator"],
    ) -> Float[Array, "batch actuator number"]:
        """The outputs of each actuator of one kind, [batch, actuator, output]."""
        listeners = jnp.einsum("bla,blw->baw", listening.astype(links.dtype), links)
        scene = jnp.broadcast_to(token[:, None], listeners.shape)
        return network(jnp.concatenate([scene, listeners], axis=-1))


def head_for(space: ActionSpace, sizes: Sizes, rngs: nnx.Rngs) -> Any:
    """The head for an action space."""
    head = head_of(space)
    if head.outputs.by_actuator:
        return ActuatorHead(head, sizes, rngs)
    return PooledHead(head, sizes, rngs)
