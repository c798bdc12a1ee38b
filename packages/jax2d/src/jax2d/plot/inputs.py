"""What `draw` and `animate` are given, checked and brought to the host.

A picture needs no `Capacity` from its caller: the arrays of a scene have the counts of all but the static
polygons, and those follow from the number of contact slots of a state."""

from typing import Any

import jax
import numpy as np
from jaxtyping import Float

from ..capacity import Capacity
from ..checks import shown
from ..contacts import Contacts
from ..engine_checks import check_shapes
from ..errors import SceneError
from ..scene import Scene
from ..slots import contact_slots
from ..state import State

__all__ = ["check_actions", "check_contacts", "check_scene", "leading_axes", "on_host"]


def on_host(caller: str, name: str, kind: type[Any], value: Any) -> Any:
    """A pytree of a class with its arrays in numpy, or a `SceneError`."""
    if not isinstance(value, kind):
        raise SceneError(f"{caller}: {name} must be a {kind.__name__}, got {shown(value)}.")
    return jax.tree.map(np.asarray, jax.device_get(value))


def leading_axes(caller: str, name: str, tree: Any, like: tuple[str, int]) -> tuple[int, ...]:
    """The leading axes that all arrays of a tree share; `like` is a field and the axes it has by itself."""
    field, own = like
    axes = getattr(tree, field).ndim - own
    shapes = {leaf.shape[:axes] for leaf in jax.tree.leaves(tree)}
    if axes < 0 or len(shapes) != 1:
        listed = ", ".join(str(shape) for shape in sorted(shapes))
        raise SceneError(f"{caller}: all arrays of {name} must have the same leading axes, got {listed}.")
    shape: tuple[int, ...] = shapes.pop()
    return shape


def check_scene(caller: str, scene: Scene, state: State, contacts: Contacts | None) -> Capacity:
    """The capacity of one scene and a state of it, numpy arrays without leading axes."""
    capacity = _capacity(caller, scene, state) if contacts is None else contacts.capacity
    check_shapes(caller, capacity, scene, state)
    return capacity


def _capacity(caller: str, scene: Scene, state: State) -> Capacity:
    """The capacity whose arrays are of these shapes; of several the one nearest to four static polygons."""
    if scene.vertices.ndim != 3 or scene.radius.ndim != 1:
        raise SceneError(
            f"{caller}: scene.vertices must have shape (polygons, vertices, 2) and scene.radius (circles,), "
            f"got {scene.vertices.shape} and {scene.radius.shape}."
        )
    polygons, vertices = scene.vertices.shape[:2]
    contacts = state.normal_impulse.size
    for static in sorted(range(polygons + 1), key=lambda count: abs(count - 4)):
        if static == polygons and not len(scene.radius):
            continue  # a capacity without movable bodies
        capacity = Capacity(
            polygons=polygons,
            circles=len(scene.radius),
            joints=len(scene.joints.active),
            thrusters=len(scene.thrusters.active),
            static_polygons=static,
            vertices=vertices,
        )
        if len(contact_slots(capacity)) == contacts:
            return capacity
    raise SceneError(
        f"{caller}: state is not of the scene's capacity: it has {state.angle.size} bodies and {contacts} contact "
        f"slots, and no capacity with the scene's {polygons} polygons and {len(scene.radius)} circles has those."
    )


def check_contacts(caller: str, contacts: Contacts | None, leading: tuple[int, ...]) -> Contacts | None:
    """The contacts on the host; they must have these leading axes."""
    if contacts is None:
        return None
    contacts = on_host(caller, "contacts", Contacts, contacts)
    expected = (*leading, len(contacts.slots))
    if contacts.active.shape != expected:
        raise SceneError(f"{caller}: contacts.active must have shape {expected}, got {contacts.active.shape}.")
    leading_axes(caller, "contacts", contacts, ("active", 1))
    return contacts


def check_actions(
    caller: str, name: str, actions: object, capacity: Capacity, leading: tuple[int, ...]
) -> Float[np.ndarray, "*leading action"] | None:
    """The actions on the host; they must have these leading axes."""
    if actions is None:
        return None
    array, expected = np.asarray(actions), (*leading, capacity.actions)
    if array.shape != expected or array.dtype.kind not in "iuf":
        raise SceneError(
            f"{caller}: {name} must be numbers of shape {expected} (the last axis: {capacity.joints} joints, then "
            f"{capacity.thrusters} thrusters), got shape {array.shape} of type {array.dtype}."
        )
    return array.astype(np.float64)
