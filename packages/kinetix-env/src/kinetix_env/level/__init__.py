"""A level as data: its arrays, their layout, sizes, checks, batches and pools. Files are in `kinetix_env.levels`."""

from .batching import pad as pad
from .batching import stack as stack
from .level import Level as Level
from .level import Role as Role
from .level import empty_level as empty_level
from .named import NamedLevel as NamedLevel
from .packing import pack as pack
from .packing import row_length as row_length
from .packing import unpack as unpack
from .pool import LevelPool as LevelPool
from .sizes import MOTOR_BINDINGS as MOTOR_BINDINGS
from .sizes import SIZES as SIZES
from .sizes import THRUSTER_BINDINGS as THRUSTER_BINDINGS
from .sizes import capacity_of as capacity_of
from .validate import validate as validate

__all__ = [
    "MOTOR_BINDINGS",
    "SIZES",
    "THRUSTER_BINDINGS",
    "Level",
    "LevelPool",
    "NamedLevel",
    "Role",
    "capacity_of",
    "empty_level",
    "pack",
    "pad",
    "row_length",
    "stack",
    "unpack",
    "validate",
]
