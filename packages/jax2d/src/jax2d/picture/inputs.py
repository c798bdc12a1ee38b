"""The scene, state, contacts and actions of a picture or a film, checked and brought to the host."""

from typing import Any

import jax
import numpy as np
from jaxtyping import Float

from ..checks import shown
from ..contacts import Contacts
from ..errors import SceneError
from ..scene import Scene

__all__ = ["check_actions", "check_contacts", "check_states", "leading_axes", "on_host"]


def on_host(caller: str, name: str, kind: type[Any], value: Any) -> Any:
    """A pytree of a class with its arrays in numpy, or a `SceneError`."""
    if not isinstance(value, kind):
        raise SceneError(f"{caller}: {name} must be a {kind.__name__}, got {shown(value)}.")
    return jax.tree.map(np.asarray, jax.device_get(value))


def leading_axes(caller: str, name: str, tree: Any, like: tuple[str, int]) -> tuple[int, ...]:
    """The leading axes that all arrays of a tree have; `like` is a field and the number of axes it has by itself."""
    field, own = like
    axes = getattr(tree, field).ndim - own
    shapes = {leaf.shape[:axes] for leaf in jax.tree.leaves(tree)}
    if axes < 0 or len(shapes) != 1:
        listed = ", ".join(str(shape) for shape in sorted(shapes))
        raise SceneError(f"{caller}: all arrays of {name} must have the same leading axes, got {listed}.")
    shape: tuple[int, ...] = shapes.pop()
    return shape


def check_states(caller: str, name: str, scene: Scene, states: Any) -> None:
    """Refuse states of another number of bodies than the scene has."""
    bodies, joints = scene.active.shape[-1], scene.joints.active.shape[-1]
    got = states.angle.shape[-1], states.joint_angular_impulse.shape[-1]
    if got != (bodies, joints) or states.position.shape != (*states.angle.shape, 2):
        raise SceneError(
            f"{caller}: {name} must have {bodies} bodies and {joints} joints, as the scene, got {got[0]} and {got[1]}."
        )


def check_contacts(caller: str, scene: Scene, contacts: Any, leading: tuple[int, ...]) -> Contacts | None:
    """The contacts on the host; they must have these leading axes and be of the scene's bodies."""
    if contacts is None:
        return None
    host: Contacts = on_host(caller, "contacts", Contacts, contacts)
    if host.capacity.bodies != scene.active.shape[-1]:
        takes = f"contacts must be of {scene.active.shape[-1]} bodies, as the scene"
        raise SceneError(f"{caller}: {takes}, got contacts of {host.capacity.bodies}.")
    expected = (*leading, len(host.slots))
    if host.active.shape != expected:
        raise SceneError(f"{caller}: contacts.active must have shape {expected}, got {host.active.shape}.")
    leading_axes(caller, "contacts", host, ("active", 1))
    return host


def check_actions(
    caller: str, name: str, scene: Scene, actions: object, leading: tuple[int, ...]
) -> Float[np.ndarray, "*leading action"] | None:
    """The actions on the host; they must have these leading axes."""
    if actions is None:
        return None
    joints, thrusters = scene.joints.active.shape[-1], scene.thrusters.active.shape[-1]
    array, expected = np.asarray(actions), (*leading, joints + thrusters)
    if array.shape != expected or array.dtype.kind not in "iuf":
        raise SceneError(
            f"{caller}: {name} must be numbers of shape {expected} (the last axis: {joints} joints, then "
            f"{thrusters} thrusters), got shape {array.shape} of type {array.dtype}."
        )
    return array.astype(np.float64)
