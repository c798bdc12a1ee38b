"""Revolute and fixed joints: two bodies share a point, a fixed joint also keeps their relative angle.

Each iteration applies a soft impulse against the relative velocity at the joint point and moves the
anchors together:
  impulse   j = stiffness (v_rel + joint_bias C) / (1/m_a + 1/m_b + (r_a x d)^2 / I_a + (r_b x d)^2 / I_b)
  position  x_a += joint_correction C (1/m_a) / (1/m_a + 1/m_b), x_b the opposite share
with C = p_b - p_a the separation of the anchors and d the direction of v_rel. The joint point is the
mass-weighted mean of the anchors. Angles are held (fixed joints) or limited by an angular impulse.

The mass along d is not the mass along j, so the published formula can overshoot, and joints that contradict
each other then gain energy without end. Accumulated impulses therefore stay within what changes the
relative velocity of the two bodies by `MOST_CHANGE` times the velocity limits: far above any real load, but
finite for ever.

Joints are solved one after the other. Which bodies a joint connects differs from scene to scene, so its
rows are picked and written with one-hot sums instead of gathers and scatters."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from ..params import PhysicsParams
from ..scene import Joints
from .bodies import Bodies, Velocity
from .lowering import materialise
from .rows import inverse, select_rows

__all__ = ["JointImpulse", "JointRows", "Position", "onehot", "prepare", "solve_joint"]


MOST_CHANGE = 10.0  # times the velocity limits; a chain can still carry some thousand times a link's mass


class Position(NamedTuple):
    """Centres of some bodies: [row, lane], metres."""

    x: Array
    y: Array


class JointImpulse(NamedTuple):
    """Accumulated impulses of joints: [joint, lane] or, of one joint, [lane]."""

    x: Array  # N s, on a
    y: Array
    angular: Array  # N m s


class JointRows(NamedTuple):
    """What the solver needs of every joint: [joint, lane], and one-hot rows [joint, movable, lane].

    All terms are zero for a joint that does not exist, so it has no effect.
    """

    on_a: Array
    on_b: Array
    static_x: Array  # m, position of b less that of a, as far as they are static polygons
    static_y: Array
    arm_ax: Array  # m, anchor from the centre of a, world axes
    arm_ay: Array
    arm_bx: Array
    arm_by: Array
    inverse_mass_a: Array
    inverse_mass_b: Array
    inverse_inertia_a: Array
    inverse_inertia_b: Array
    weight_b: Array  # share of anchor b in the joint point
    correction: Array  # joint_correction over the sum of inverse masses
    linear: Array  # stiffness, 0 where the joint does not exist
    angular: Array  # kg m^2, 0 where no angle is held or limited
    angle_bias: Array  # rad/s
    fixed: Array  # 1 or 0
    most_linear: Array  # N s, bound of the accumulated impulse
    most_angular: Array  # N m s


def onehot(index: Int[Array, "joint lane"], rows: int, first: int) -> Float[Array, "joint row lane"]:
    """1 at row `index - first`; all 0 for an index before `first`."""
    places = jnp.arange(first, first + rows, dtype=index.dtype)[None, :, None]
    return (index[:, None] == places).astype(jnp.float32)


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
    allowed = jnp.clip(turn, joints.min_angle, joints.max_angle)
    holds = joints.fixed | (joints.limited & (allowed != turn))
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
            angular=jnp.where(holds, inverse(ii_a + ii_b), 0.0) * exists,
            angle_bias=jnp.where(joints.fixed, turn * params.fixed_joint_bias, (turn - allowed) * params.limit_bias),
            fixed=joints.fixed.astype(jnp.float32),
            most_linear=MOST_CHANGE * params.max_velocity * inverse(im_a + im_b),
            most_angular=MOST_CHANGE * params.max_angular_velocity * inverse(ii_a + ii_b),
        )
    )
    return rows, exists


def _select_each(hot: Float[Array, "joint body lane"], fields: tuple[Array, ...]) -> list[Array]:
    """For each field [body, lane] the row of each joint's body: [joint, lane]."""
    return select_rows(jnp.moveaxis(hot, 1, 0), [field[:, None] for field in fields])


def solve_joint(
    velocity: Velocity, position: Position, joint: JointRows, before: JointImpulse, replay: Array, params: PhysicsParams
) -> tuple[Velocity, Position, JointImpulse]:
    """Solve one joint; with `replay` 0 apply its accumulated impulse instead (warm starting)."""
    moving = (*velocity, *position)
    avx, avy, aw, ax, ay = select_rows(joint.on_a, moving)
    bvx, bvy, bw, bx, by = select_rows(joint.on_b, moving)
    avx, avy, aw, bvx, bvy, bw, gap_x, gap_y = materialise(
        (
            avx, avy, aw, bvx, bvy, bw,
            joint.static_x + (bx - ax) + (joint.arm_bx - joint.arm_ax),
            joint.static_y + (by - ay) + (joint.arm_by - joint.arm_ay),
        )
    )  # fmt: skip
    wanted = _linear_impulse(joint, (avx, avy, aw), (bvx, bvy, bw), gap_x, gap_y, params)
    total_x = _accumulate(before.x, wanted[0], joint.most_linear, replay)
    total_y = _accumulate(before.y, wanted[1], joint.most_linear, replay)
    x, y = materialise((total_x - replay * before.x, total_y - replay * before.y))
    spin_a = joint.inverse_inertia_a * (joint.arm_ax * y - joint.arm_ay * x)
    spin_b = joint.inverse_inertia_b * (joint.arm_bx * y - joint.arm_by * x)
    rate = bw - spin_b - aw - spin_a
    returning = jnp.sign(rate) != jnp.sign(joint.angle_bias)  # a limit does not hold back what returns by itself
    turn = jnp.where((joint.fixed == 0) & returning, 0.0, rate + joint.angle_bias) * joint.angular
    # what limits push is not accumulated
    kept = before.angular * joint.fixed
    total = _accumulate(kept, turn, joint.most_angular, replay)
    turn = materialise(total - replay * kept)
    spin_a, spin_b = materialise((spin_a + turn * joint.inverse_inertia_a, spin_b + turn * joint.inverse_inertia_b))
    shift = replay * joint.correction
    velocity = Velocity(
        _apply(velocity.x, joint, joint.inverse_mass_a * x, joint.inverse_mass_b * x),
        _apply(velocity.y, joint, joint.inverse_mass_a * y, joint.inverse_mass_b * y),
        _apply(velocity.angular, joint, spin_a, spin_b),
    )
    position = Position(
        _apply(position.x, joint, joint.inverse_mass_a * gap_x * shift, joint.inverse_mass_b * gap_x * shift),
        _apply(position.y, joint, joint.inverse_mass_a * gap_y * shift, joint.inverse_mass_b * gap_y * shift),
    )
    velocity, position = materialise((velocity, position))
    after = JointImpulse(total_x, total_y, total * joint.fixed)
    return velocity, position, after


def _accumulate(before: Array, new: Array, most: Array, replay: Array) -> Array:
    """The accumulated impulse with what is new; only what it was while impulses are replayed."""
    return materialise(jnp.clip(before + replay * new, -most, most))


def _linear_impulse(
    joint: JointRows, a: tuple[Array, ...], b: tuple[Array, ...], gap_x: Array, gap_y: Array, params: PhysicsParams
) -> tuple[Array, Array]:
    """The impulse on a that takes the relative velocity at the joint point and some of the separation."""
    (avx, avy, aw), (bvx, bvy, bw) = a, b
    weight_a = 1.0 - joint.weight_b
    # from each centre to the joint point
    rax, ray = joint.arm_ax + joint.weight_b * gap_x, joint.arm_ay + joint.weight_b * gap_y
    rbx, rby = joint.arm_bx - weight_a * gap_x, joint.arm_by - weight_a * gap_y
    vx, vy = (bvx - bw * rby) - (avx - aw * ray), (bvy + bw * rbx) - (avy + aw * rax)
    vx, vy = materialise((vx, vy))
    per_square = inverse(vx * vx + vy * vy)
    across_a = joint.arm_ax * vy - joint.arm_ay * vx
    across_b = joint.arm_bx * vy - joint.arm_by * vx
    turning = across_a * across_a * joint.inverse_inertia_a + across_b * across_b * joint.inverse_inertia_b
    mass = joint.inverse_mass_a + joint.inverse_mass_b + turning * per_square
    scale = materialise(joint.linear * inverse(mass))
    return (vx + params.joint_bias * gap_x) * scale, (vy + params.joint_bias * gap_y) * scale


def _apply(field: Array, joint: JointRows, on_a: Array, on_b: Array) -> Array:
    """Add to a's row, subtract from b's."""
    return field + joint.on_a * on_a - joint.on_b * on_b
