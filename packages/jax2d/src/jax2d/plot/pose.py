"""Where a drawn thing is: matplotlib transforms that are moved in place, so that all that hangs on them follows."""

import math

import numpy as np
from jaxtyping import Float
from matplotlib.transforms import Affine2D

__all__ = ["set_pose"]

_FAR = 1e6  # m, outside of any picture


def set_pose(pose: Affine2D, position: Float[np.ndarray, "2"], angle: float) -> None:
    """Move a pose to a position (m) and an angle (rad); out of sight if these are not finite."""
    x, y = float(position[0]), float(position[1])
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(angle)):
        x, y, angle = _FAR, _FAR, 0.0
    pose.clear().rotate(angle).translate(x, y)
