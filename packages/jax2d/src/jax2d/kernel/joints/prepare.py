"""The terms of all joints that stay the same over the iterations of a step; each joint's angle as its kind has it."""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...params import PhysicsParams
from ...scene import JointKind, Joints
from ..bodies import Bodies
from ..lowering import materialise
from ..rows import inverse, select_rows
from . import fixed, revolute
from .common import MOST_CHANGE, AngleRows, JointRows, onehot

__all__ = ["prepare"]

# what each kind does about the angle, given the joints, their angle (rad, [joint, lane]) and the parameters
KINDS: dict[JointKind, Callable[[Joints, Array, PhysicsParams], AngleRows]] = {
    JointKind.REVOLUTE: revolute.angle_rows,
    JointKind.FIXED: fixed.angle_rows,
}


def prepare(
    joints: Joints, angle: Array, bodies: Bodies, static: int, params: PhysicsParams
) -> tuple[JointRows, Float[Array, "joint lane"]]:
    """The terms that stay the same over the iterations of a step, and 1 for each joint that exists.

    `joints` and `angle` are batch last.
    """
    movable = bodies.x.shape[0] - static
    a, b = joints.body_a, joints.body_b
    everyone = (onehot(a, static + movable, 0), onehot(b, static + movable, 0))
    mass, here = (bodies.inverse_mass, bodies.inverse_inertia), bodies.active.astype(jnp.float32)
    fields = (bodies.x, bodies.y, jnp.cos(angle), jnp.sin(angle), angle, *mass, here)
    ends = [materialise(tuple(_select_each(hot, fields))) for hot in everyone]
    (xa, ya, cos_a, sin_a, angle_a, im_a, ii_a, here_a), (xb, yb, cos_b, sin_b, angle_b, im_b, ii_b, here_b) = ends
    exists = (joints.active & (here_a * here_b > 0) & ((im_a != 0) | (im_b != 0))).astype(jnp.float32)

    turn = angle_b - angle_a - joints.rotation
    angles = _angles(joints, turn, params)
    still_a, still_b = (a < static).astype(jnp.float32), (b < static).astype(jnp.float32)
    # the light body's anchor counts least; an immovable body's anchor is the joint point
    weight_b = jnp.where(im_a == 0, 0.0, jnp.where(im_b == 0, 1.0, im_a * inverse(im_a + im_b)))
    ax, ay = joints.anchor_a[0], joints.anchor_a[1]
    bx, by = joints.anchor_b[0], joints.anchor_b[1]
    rows = materialise(
        JointRows(
            on_a=onehot(a, movable, static),
            on_b=onehot(b, movable, static),
            static_x=still_b * xb - still_a * xa,
            static_y=still_b * yb - still_a * ya,
            arm_ax=cos_a * ax - sin_a * ay,
            arm_ay=sin_a * ax + cos_a * ay,
            arm_bx=cos_b * bx - sin_b * by,
            arm_by=sin_b * bx + cos_b * by,
            inverse_mass_a=im_a,
            inverse_mass_b=im_b,
            inverse_inertia_a=ii_a,
            inverse_inertia_b=ii_b,
            weight_b=weight_b,
            correction=params.joint_correction * inverse(im_a + im_b) * exists,
            linear=params.joint_stiffness * exists,
            angular=jnp.where(angles.holds, inverse(ii_a + ii_b), 0.0) * exists,
            angle_bias=angles.bias,
            two_sided=angles.two_sided.astype(jnp.float32),
            most_linear=MOST_CHANGE * params.max_velocity * inverse(im_a + im_b),
            most_angular=MOST_CHANGE * params.max_angular_velocity * inverse(ii_a + ii_b),
        )
    )
    return rows, exists


def _angles(joints: Joints, turn: Float[Array, "joint lane"], params: PhysicsParams) -> AngleRows:
    """Each joint's row by its kind."""
    first, *others = KINDS
    chosen = KINDS[first](joints, turn, params)
    for kind in others:
        rows, mine = KINDS[kind](joints, turn, params), joints.kind == kind
        chosen = AngleRows(*(jnp.where(mine, new, old) for new, old in zip(rows, chosen, strict=True)))
    return chosen


def _select_each(hot: Float[Array, "joint body lane"], fields: tuple[Array, ...]) -> list[Array]:
    """For each field [body, lane] the row of each joint's body: [joint, lane]."""
    return select_rows(jnp.moveaxis(hot, 1, 0), [field[:, None] for field in fields])
