"""How the machines of the demo are driven: a wave and a linear feedback for each motor and thruster.

  action = clip(offset + amplitude sin(2 pi frequency time + phase) + gain . (target - features))
with the features x, y, angle, velocity x, velocity y and angular velocity of one body, the subject. Motors are clipped
to [-1, 1] and thrusters to [0, 1]. All of it is data, as in a scene, so each scene of a batch has its own."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ..capacity import Capacity
from ..state import State

__all__ = ["FEATURES", "Controls", "control", "no_controls"]

FEATURES = ("x", "y", "angle", "velocity_x", "velocity_y", "angular_velocity")


class Controls(eqx.Module):
    """The controls of one scene. Channels are those of an action: the joints, then the thrusters."""

    offset: Float[Array | np.ndarray, " action"]  # mean of the wave, in units of the action
    amplitude: Float[Array | np.ndarray, " action"]  # of the wave, in units of the action
    frequency: Float[Array | np.ndarray, " action"]  # Hz
    phase: Float[Array | np.ndarray, " action"]  # rad
    gain: Float[Array | np.ndarray, "action feature"]  # action per unit of a feature: 1/m, 1/rad, s/m or s/rad
    target: Float[Array | np.ndarray, " feature"]  # the values that the features should have: m, rad, m/s, rad/s
    subject: Int[Array | np.ndarray, ""]  # index into the bodies


def no_controls(capacity: Capacity) -> Controls:
    """Controls with zero action, in NumPy arrays, to be filled in."""
    channels, features = capacity.actions, len(FEATURES)
    return Controls(
        offset=np.zeros(channels, np.float32),
        amplitude=np.zeros(channels, np.float32),
        frequency=np.zeros(channels, np.float32),
        phase=np.zeros(channels, np.float32),
        gain=np.zeros((channels, features), np.float32),
        target=np.zeros(features, np.float32),
        subject=np.zeros((), np.int32),
    )


def control(capacity: Capacity, controls: Controls, state: State, time: Float[Array, ""]) -> Float[Array, " action"]:
    """The action of one scene at a time (s)."""
    body = controls.subject
    pose = [state.position[body], state.angle[body][None], state.velocity[body], state.angular_velocity[body][None]]
    feedback = (controls.gain * (controls.target - jnp.concatenate(pose))).sum(axis=1)
    wave = jnp.sin(2 * jnp.pi * controls.frequency * time + controls.phase)
    least = jnp.where(jnp.arange(capacity.actions) < capacity.joints, -1.0, 0.0)
    return jnp.clip(controls.offset + controls.amplitude * wave + feedback, least, 1.0)
