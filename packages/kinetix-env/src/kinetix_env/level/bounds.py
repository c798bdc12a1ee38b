"""How large the numbers of a level may be: those of `jax2d.SceneBuilder`, in one place for files and arrays.

The least and largest mass and moment of inertia are those that shapes and densities within their own bounds
can have, with room to spare; all of them are normal numbers in float32, and so are their inverses."""

from jax2d.checks import LARGEST, LEAST_DENSITY, LEAST_LENGTH

__all__ = [
    "ANY",
    "COUNTS",
    "DENSITY",
    "FRICTION",
    "INERTIA",
    "INVERSE_INERTIA",
    "INVERSE_MASS",
    "LENGTH",
    "MASS",
    "MOST_BRACKETS",
    "MOST_CHARACTERS",
    "PHYSICS",
    "POWER",
    "RESTITUTION",
    "ROUNDING",
    "Limits",
]

Limits = tuple[float | int, float | int]  # least and most, both included

ANY = (-LARGEST, LARGEST)
LENGTH = (LEAST_LENGTH, LARGEST)  # m
DENSITY = (LEAST_DENSITY, LARGEST)  # kg/m^2
FRICTION = (0.0, LARGEST)
RESTITUTION = (0.0, 1.0)
MASS = (1e-15, 1e20)  # kg
INERTIA = (1e-22, 1e32)  # kg m^2
ROUNDING = 2**-22  # relative: what is given at a limit may lie beyond it by this once it, or its inverse, is float32
INVERSE_MASS, INVERSE_INERTIA = (
    ((1 - ROUNDING) / most, (1 + ROUNDING) / least) for least, most in (MASS, INERTIA)
)  # 1/kg, 1/(kg m^2)
POWER = (0.0, LARGEST)  # of a motor or a thruster
PHYSICS: dict[str, Limits] = {  # what a level may state of `jax2d.PhysicsParams`, whose units these are
    "dt": (1e-5, 1.0),
    **dict.fromkeys(
        ("slop", "contact_bias", "joint_bias", "joint_correction", "fixed_joint_bias", "limit_bias", "friction"),
        (0.0, LARGEST),
    ),
    **dict.fromkeys(("joint_stiffness", "motor_speed", "motor_power", "motor_response", "motor_fade"), (1e-6, LARGEST)),
    **dict.fromkeys(("thruster_power", "max_position", "max_velocity", "max_angular_velocity"), (1e-6, LARGEST)),
}

COUNTS = {  # least and most of what a capacity in a file may count; pairs of bodies cost memory quadratically
    "polygons": (0, 128),
    "circles": (0, 128),
    "joints": (0, 256),
    "thrusters": (0, 256),
    "static_polygons": (0, 128),
    "vertices": (3, 16),
}
MOST_BRACKETS = 200_000  # objects and lists in a file: a million entities are refused before they are built
MOST_CHARACTERS = 8 * 2**20  # of a file; the largest published level has 52 thousand
