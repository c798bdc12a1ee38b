"""The words of the format `kinetix-level/1`: which fields there are, and what is meant where a file says nothing."""

from jax2d import boundary

from ..level.level import Role
from ..level.physics import NAMES

__all__ = [
    "BODY_FIELDS",
    "FORMAT",
    "GRAVITY",
    "JOINT_FIELDS",
    "JOINT_TYPES",
    "LEVEL_FIELDS",
    "MOTOR_FIELDS",
    "PHYSICS_FIELDS",
    "REVOLUTE_FIELDS",
    "ROLES",
    "SHAPE_FIELDS",
    "THRUSTER_FIELDS",
    "WALLS",
    "WALL_FIELDS",
]

FORMAT = "kinetix-level/1"
GRAVITY = (0.0, -9.81)  # m/s^2
ROLES = {role.name.lower(): role for role in Role}
JOINT_TYPES = {"revolute": False, "fixed": True}  # whether the joint is fixed
WALLS = dict(zip(("floor", "left-wall", "right-wall", "ceiling"), boundary.WALLS, strict=True))

LEVEL_FIELDS = (
    *("$schema", "format", "name", "description", "family", "tags", "size", "gravity", "physics", "walls"),
    *("bodies", "joints", "thrusters", "notes", "solution"),
)
PHYSICS_FIELDS = NAMES
WALL_FIELDS = ("role", "friction", "restitution", "density", "position", "angle", "vertices")
BODY_FIELDS = (
    *("name", "shape", "role", "position", "angle", "velocity", "angular_velocity", "immovable", "ghost"),
    *("density", "friction", "restitution", "mass", "inertia", "slot"),
)
SHAPE_FIELDS = {"circle": ("radius",), "box": ("width", "height"), "polygon": ("vertices", "centre")}
JOINT_FIELDS = ("type", "a", "b", "at", "anchor", "anchor_b", "rotation", "slot")
REVOLUTE_FIELDS = (*JOINT_FIELDS, "motor", "limits")
MOTOR_FIELDS = ("binding", "speed", "power", "on", "auto")
THRUSTER_FIELDS = ("body", "position", "angle", "power", "binding", "slot")
