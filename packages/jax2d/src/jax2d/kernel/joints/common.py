"""What joints of all kinds share: two anchors that are held together, and an angle that may be held or limited.

Point     C = p_b - p_a, the separation of the anchors
          Cdot = v_b + w_b x r_b - v_a - w_a x r_a
Angle     C and Cdot are those of the kind, see `revolute.py` and `fixed.py`

Each iteration applies a soft impulse against the relative velocity at the joint point and moves the anchors together:
  impulse   j = stiffness (Cdot + joint_bias C) / (1/m_a + 1/m_b + (r_a x d)^2 / I_a + (r_b x d)^2 / I_b)
  position  x_a += joint_correction C (1/m_a) / (1/m_a + 1/m_b), x_b the opposite fraction
with d the direction of Cdot. The joint point is the mass-weighted mean of the anchors.

The mass along d is not the mass along j, so the published formula can overshoot, and joints that contradict each other
then gain energy without end. Accumulated impulses therefore stay within what changes the relative velocity of the two
bodies by `MOST_CHANGE` times the velocity limits: far above any real load, but finite for ever.

Joints are solved one after the other. Which bodies a joint connects differs from scene to scene, so its rows are picked
and written with one-hot sums instead of gathers and scatters."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from ...params import PhysicsParams
from ..bodies import Velocity
from ..lowering import materialise
from ..rows import inverse, select_rows

__all__ = ["MOST_CHANGE", "AngleRows", "JointImpulse", "JointRows", "Position", "onehot", "solve_joint"]


MOST_CHANGE = 10.0  # times the velocity limits; a chain can still carry some thousand times a link's mass


class Position(NamedTuple):
    """Centres of some bodies: [row, lane], metres."""

    x: Array
    y: Array


class JointImpulse(NamedTuple):
    """Accumulated impulses of joints, [joint, lane], or of one joint, [lane]."""

    x: Array  # N s, on a
    y: Array
    angular: Array  # N m s


class AngleRows(NamedTuple):
    """What a kind of joint does about the angle between its bodies: [joint, lane]."""

    holds: Array  # whether there is an angular impulse in this step
    bias: Array  # rad/s, added to Cdot
    two_sided: Array  # True: pushes both ways and accumulates; False: a limit, which pushes back only


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
    weight_b: Array  # weight of anchor b in the joint point
    correction: Array  # joint_correction over the sum of inverse masses
    linear: Array  # stiffness, 0 where the joint does not exist
    angular: Array  # kg m^2, 0 where no angle is held or limited
    angle_bias: Array  # rad/s
    two_sided: Array  # 1 or 0, as in `AngleRows`
    most_linear: Array  # N s, bound of the accumulated impulse
    most_angular: Array  # N m s


def onehot(index: Int[Array, "joint lane"], rows: int, first: int) -> Float[Array, "joint row lane"]:
    """1 at row `index - first`; all 0 for an index before `first`."""
    places = jnp.arange(first, first + rows, dtype=index.dtype)[None, :, None]
    return (index[:, None] == places).astype(jnp.float32)


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
    turn = jnp.where((joint.two_sided == 0) & returning, 0.0, rate + joint.angle_bias) * joint.angular
    # what limits push is not accumulated
    kept = before.angular * joint.two_sided
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
    after = JointImpulse(total_x, total_y, total * joint.two_sided)
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
