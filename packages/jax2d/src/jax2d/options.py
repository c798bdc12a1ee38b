"""The options that `SceneBuilder.box`, `.polygon` and `.circle` have in common."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import SupportsFloat, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from .checks import LEAST_DENSITY, flag, number, pair
from .errors import SceneError

__all__ = ["BodyOptions", "CheckedOptions", "check_options"]


class BodyOptions(TypedDict, total=False):
    """Keyword arguments of every body, all optional."""

    angle: SupportsFloat  # rad, counter-clockwise; 0
    velocity: ArrayLike  # m/s, of the centre of mass; (0, 0)
    angular_velocity: SupportsFloat  # rad/s; 0
    density: SupportsFloat  # kg/m^2; 1
    friction: SupportsFloat  # in units of PhysicsParams.friction; 1
    restitution: SupportsFloat  # 0 (no bounce) to 1; 0
    immovable: bool | np.bool_  # False
    ghost: bool | np.bool_  # passes through everything but the static polygons; False


@dataclass(frozen=True, eq=False)
class CheckedOptions:
    """The options of a body, checked, with defaults filled in; units as in `BodyOptions`."""

    angle: float
    velocity: np.ndarray
    angular_velocity: float
    density: float
    friction: float
    restitution: float
    immovable: bool
    ghost: bool


def check_options(where: str, given: Mapping[str, object]) -> CheckedOptions:
    """Fill in the defaults and check the rest; `where` is the method, as in `SceneBuilder.box`."""
    known = BodyOptions.__annotations__
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise SceneError(f"{where} has no option {name!r}.{hint} Known: {', '.join(sorted(known))}.")
    options = CheckedOptions(
        angle=float(np.float32(number(given.get("angle", 0.0), f"{where}: angle"))),  # as the engine will see it
        velocity=pair(given.get("velocity", (0.0, 0.0)), f"{where}: velocity"),
        angular_velocity=number(given.get("angular_velocity", 0.0), f"{where}: angular_velocity"),
        density=number(given.get("density", 1.0), f"{where}: density", least=LEAST_DENSITY),
        friction=number(given.get("friction", 1.0), f"{where}: friction", least=0.0),
        restitution=number(given.get("restitution", 0.0), f"{where}: restitution", least=0.0, most=1.0),
        immovable=flag(given.get("immovable", False), f"{where}: immovable"),
        ghost=flag(given.get("ghost", False), f"{where}: ghost"),
    )
    if options.immovable and (options.velocity.any() or options.angular_velocity):
        moves = f"velocity ({options.velocity[0]:g}, {options.velocity[1]:g})"
        raise SceneError(
            f"{where}: an immovable body must have no velocity, "
            f"got {moves} and angular_velocity {options.angular_velocity:g}."
        )
    return options
