"""A level as data: its arrays, their layout, sizes, checks, batches and pools. Files are in `kinetix_env.levels`."""

from .batching import pad as pad
from .batching import stack as stack
from .level import Level as Level
from .level import LevelWithPhysics as LevelWithPhysics
from .level import Role as Role
from .level import empty_level as empty_level
from .named import NamedLevel as NamedLevel
from .packing import pack as pack
from .packing import row_length as row_length
from .packing import unpack as unpack
from .physics import physics_row as physics_row
from .physics import put_physics as put_physics
from .physics import seconds_per_step as seconds_per_step
from .physics import with_physics as with_physics
from .pool import LevelPool as LevelPool
from .roles import missing_roles as missing_roles
from .roles import warn_of_missing_roles as warn_of_missing_roles
from .sizes import MOTOR_BINDINGS as MOTOR_BINDINGS
from .sizes import SIZES as SIZES
from .sizes import THRUSTER_BINDINGS as THRUSTER_BINDINGS
from .sizes import capacity_of as capacity_of
from .sizes import common_capacity as common_capacity
from .sizes import size_of as size_of
from .validate import validate as validate

__all__ = [
    "MOTOR_BINDINGS",
    "SIZES",
    "THRUSTER_BINDINGS",
    "Level",
    "LevelPool",
    "LevelWithPhysics",
    "NamedLevel",
    "Role",
    "capacity_of",
    "common_capacity",
    "empty_level",
    "missing_roles",
    "pack",
    "pad",
    "physics_row",
    "put_physics",
    "row_length",
    "seconds_per_step",
    "size_of",
    "stack",
    "unpack",
    "validate",
    "warn_of_missing_roles",
    "with_physics",
]
