"""Motors and thrusters: what an action does to the velocities before contacts and joints are solved.

Motor of a revolute joint: angular impulse tanh(response (w_b - w_a - speed)) * power * dt / (1/I_a + 1/I_b),
added to a, taken from b; speed and power scale with the joint's own. Only while its action is not zero. Near a
limit the power fades linearly, except on the way back from it.
Thruster: impulse power * action * dt along its direction, at its place on the body."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ..params import PhysicsParams
from ..scene import JointKind, Joints, Thrusters
from .bodies import Bodies, Velocity
from .joints.common import onehot
from .lowering import materialise
from .rows import inverse, select_rows

__all__ = ["drive_motors", "fire_thrusters"]


def drive_motors(
    velocity: Velocity, joints: Joints, angle: Array, bodies: Bodies, static: int, action: Array, params: PhysicsParams
) -> Velocity:
    """Apply the motors' impulses to the movable bodies. `action` is [joint, lane]."""
    if not joints.active.shape[0]:
        return velocity
    count = bodies.x.shape[0]
    hot_a, hot_b = onehot(joints.body_a, count, 0), onehot(joints.body_b, count, 0)
    here = bodies.active.astype(jnp.float32)
    fields = (angle, bodies.angular_velocity, bodies.inverse_mass, bodies.inverse_inertia, here)
    (angle_a, w_a, im_a, ii_a, here_a), (angle_b, w_b, im_b, ii_b, here_b) = (
        materialise(tuple(select_rows(jnp.moveaxis(hot, 1, 0), [field[:, None] for field in fields])))
        for hot in (hot_a, hot_b)
    )
    runs = joints.active & joints.motor & (joints.kind == JointKind.REVOLUTE) & (action != 0)
    runs = runs & (here_a * here_b > 0) & ((im_a != 0) | (im_b != 0))
    error = w_b - w_a - joints.motor_speed * action * params.motor_speed
    power = params.motor_power * joints.motor_power * params.dt * inverse(ii_a + ii_b)
    power = power * _fade(angle_b - angle_a - joints.rotation, joints, action, params)
    impulse = materialise(jnp.where(runs, jnp.tanh(error * params.motor_response) * power, 0.0))
    spin_a, spin_b = impulse * ii_a, impulse * ii_b
    angular = velocity.angular
    for k in range(impulse.shape[0]):
        angular = angular + hot_a[k, static:] * spin_a[k] - hot_b[k, static:] * spin_b[k]
    return velocity._replace(angular=materialise(angular))


def _fade(turn: Array, joints: Joints, action: Array, params: PhysicsParams) -> Array:
    """Fraction of the motor's power that is left near a limit."""
    fade = params.motor_fade
    # written as two bounds because the interval is empty for limits closer together than twice the fade
    inside = jnp.minimum(jnp.maximum(turn, joints.min_angle + fade), joints.max_angle - fade)
    beyond = turn - inside
    left = jnp.maximum(0.0, 1.0 - jnp.abs(beyond) / fade)
    left = jnp.where((beyond == 0) | ~joints.limited, 1.0, left)
    returning = jnp.sign(beyond) != jnp.sign(action)
    return jnp.maximum(left, returning.astype(left.dtype))


def fire_thrusters(
    velocity: Velocity, thrusters: Thrusters, angle: Array, bodies: Bodies, static: int,
    action: Float[Array, "thruster lane"], params: PhysicsParams,
) -> Velocity:  # fmt: skip
    """Apply the thrusters' impulses to the movable bodies."""
    if not thrusters.active.shape[0]:
        return velocity
    hot = onehot(thrusters.body, bodies.x.shape[0], 0)
    fields = (angle, bodies.inverse_mass, bodies.inverse_inertia)
    own_angle, im, ii = materialise(tuple(select_rows(jnp.moveaxis(hot, 1, 0), [f[:, None] for f in fields])))
    cos, sin = jnp.cos(own_angle), jnp.sin(own_angle)
    x = cos * thrusters.position[0] - sin * thrusters.position[1]
    y = sin * thrusters.position[0] + cos * thrusters.position[1]
    way_x, way_y = jnp.cos(thrusters.angle + own_angle), jnp.sin(thrusters.angle + own_angle)
    impulse = jnp.where(thrusters.active, params.thruster_power * thrusters.power * action * params.dt, 0.0)
    push_x, push_y, spin = materialise(
        (im * way_x * impulse, im * way_y * impulse, ii * (x * way_y - y * way_x) * impulse)
    )
    for k in range(impulse.shape[0]):
        on = hot[k, static:]
        velocity = Velocity(velocity.x + on * push_x[k], velocity.y + on * push_y[k], velocity.angular + on * spin[k])
    return materialise(velocity)
