"""The physics of an environment as settings: the parameters of the simulation, and how the solver works.

A level may state parameters of its own (`kinetix_env.level.physics`), which come before these. The defaults are those
of the engine, and of the published environment."""

from dataclasses import dataclass

from jax2d import Capacity, Engine, PhysicsParams, SequentialImpulses
from jax2d.boundary import WALLS

from ..config import check_flags, check_integer, check_number, checks_its_fields
from ..level.bounds import PHYSICS

__all__ = ["PhysicsSettings"]

MOST_ITERATIONS = 1000


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class PhysicsSettings:
    """The fields of `jax2d.PhysicsParams`, those of its solver, and whether bodies are kept in the room."""

    dt: float = 1 / 60  # s, length of an engine step
    slop: float = 0.01  # m, overlap that is left alone so that resting contacts stay contacts
    contact_bias: float = 0.2  # fraction of the overlap beyond the slop that is removed per step
    joint_bias: float = 2.0  # 1/s, velocity per metre of anchor separation
    joint_correction: float = 0.7  # fraction of the anchor separation that is removed per iteration
    joint_stiffness: float = 0.6  # fraction of the joint impulse that is applied per iteration
    fixed_joint_bias: float = 2.0  # 1/s, angular velocity per radian of twist
    limit_bias: float = 5.0  # 1/s, angular velocity per radian beyond a limit
    motor_speed: float = 6.0  # rad/s at motor speed 1 and action 1
    motor_power: float = 900.0  # rad/s^2 at motor power 1, at full torque
    motor_response: float = 0.1  # s/rad, how fast a motor reaches its full torque
    motor_fade: float = 0.1  # rad before a limit over which a motor weakens
    thruster_power: float = 10.0  # N at thruster power 1 and action 1
    friction: float = 0.4  # factor of every body's own friction
    max_position: float = 15.0  # m, coordinates are clipped here
    max_velocity: float = 100.0  # m/s, each component
    max_angular_velocity: float = 50.0  # rad/s
    iterations: int = 10  # of the solver per engine step
    warm_starting: bool = True  # start from the impulses of the step before
    confined: bool = True  # keep the centres of movable bodies within the four walls

    def __post_init__(self) -> None:
        for name, limits in PHYSICS.items():
            check_number(self, name, *limits)
        check_integer(self, "iterations", 1, MOST_ITERATIONS)
        check_flags(self, ("warm_starting", "confined"))

    def engine(self, capacity: Capacity) -> Engine:
        """The engine that simulates scenes of a capacity this way. It takes four walls to keep bodies in a room."""
        params = PhysicsParams(**{name: float(getattr(self, name)) for name in PHYSICS})
        confined = self.confined and capacity.static_polygons >= len(WALLS)
        return Engine(capacity, params, SequentialImpulses(self.iterations, self.warm_starting), confined=confined)
