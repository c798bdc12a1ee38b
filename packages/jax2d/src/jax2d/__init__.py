"""A fast, batched 2D rigid-body engine in JAX whose scenes are data.

Build a scene with `SceneBuilder`, simulate it with `Engine`, batch it with `jax.vmap`.

The names are imported when they are first asked for: what needs only a part of the package, such as its checks or its
file writer, does not wait for JAX."""

from typing import TYPE_CHECKING

from .lazy import lazy_names

if TYPE_CHECKING:
    from .builder import SceneBuilder as SceneBuilder
    from .capacity import Capacity as Capacity
    from .contacts import Contacts as Contacts
    from .engine import Engine as Engine
    from .errors import CapacityError as CapacityError
    from .errors import SceneError as SceneError
    from .groups import collision_groups as collision_groups
    from .kernel.solver import AbstractSolver as AbstractSolver
    from .kernel.solver import SequentialImpulses as SequentialImpulses
    from .params import PhysicsParams as PhysicsParams
    from .pushes import push as push
    from .pushes import set_motion as set_motion
    from .scene import JointKind as JointKind
    from .scene import Joints as Joints
    from .scene import Scene as Scene
    from .scene import Thrusters as Thrusters
    from .scene import empty_scene as empty_scene
    from .slots import ContactSlots as ContactSlots
    from .slots import contact_slots as contact_slots
    from .state import State as State
    from .state import initial_state as initial_state
    from .version import __version__ as __version__

__all__ = [
    "AbstractSolver",
    "Capacity",
    "CapacityError",
    "ContactSlots",
    "Contacts",
    "Engine",
    "JointKind",
    "Joints",
    "PhysicsParams",
    "Scene",
    "SceneBuilder",
    "SceneError",
    "SequentialImpulses",
    "State",
    "Thrusters",
    "collision_groups",
    "contact_slots",
    "empty_scene",
    "initial_state",
    "push",
    "set_motion",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "builder": ("SceneBuilder",),
        "capacity": ("Capacity",),
        "contacts": ("Contacts",),
        "engine": ("Engine",),
        "errors": ("CapacityError", "SceneError"),
        "groups": ("collision_groups",),
        "kernel.solver": ("AbstractSolver", "SequentialImpulses"),
        "params": ("PhysicsParams",),
        "pushes": ("push", "set_motion"),
        "scene": ("JointKind", "Joints", "Scene", "Thrusters", "empty_scene"),
        "slots": ("ContactSlots", "contact_slots"),
        "state": ("State", "initial_state"),
        "version": ("__version__",),
    },
)
