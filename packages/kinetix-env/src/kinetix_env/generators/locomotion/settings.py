"""The settings of the locomotion generator."""

from dataclasses import dataclass

from ...config import check_chances, check_integer, check_numbers, check_pairs, checks_its_fields
from ...errors import ConfigError
from ..settings import FilterSettings

__all__ = ["LocomotionSettings"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class LocomotionSettings(FilterSettings):
    """Every parameter of the locomotion generator."""

    # Creatures: how often each kind is drawn, where the capacity has room for it
    vehicle_weight: float = 1.0  # relative frequency of vehicles
    walker_weight: float = 1.0  # relative frequency of walkers
    crawler_weight: float = 1.0  # relative frequency of crawlers
    left_chance: float = 0.5  # that the creature goes to the left

    # Course
    distance: tuple[float, float] = (0.4, 3.0)  # m between the creature and its goal at the start; less at the wall
    bumps: int = 3  # steps and wedges on the way, at most
    bump_height: tuple[float, float] = (0.03, 0.15)  # m
    hazard_chance: float = 0.2  # that a red bar hangs above the way, if there is room

    # Actuators
    motor_speed: tuple[float, float] = (0.4, 3.0)  # range of motor speeds, in units of PhysicsParams.motor_speed
    motor_power: tuple[float, float] = (1.0, 3.0)  # range of motor powers, in units of PhysicsParams.motor_power
    wheel_power: tuple[float, float] = (1.0, 1.0)  # range of motor powers of wheels, in the same units
    thruster_chance: float = 0.3  # that the first body has one, for each that the capacity allows
    thruster_power: tuple[float, float] = (1.0, 4.0)  # per kg of the body

    def __post_init__(self) -> None:
        super().__post_init__()
        check_chances(self, ("left_chance", "hazard_chance", "thruster_chance"))
        weights = ("vehicle_weight", "walker_weight", "crawler_weight")
        check_numbers(self, weights)
        check_pairs(self, ("motor_speed", "motor_power", "wheel_power", "thruster_power"))
        check_pairs(self, ("distance",), least=0.05)
        check_pairs(self, ("bump_height",), least=0.005)
        check_integer(self, "bumps", 0)
        if not any(getattr(self, weight) for weight in weights):
            raise ConfigError(f"{type(self).__name__}: one of {', '.join(weights)} must be more than 0.")
        for field in ("distance", "bump_height"):
            if (most := getattr(self, field)[1]) > 5.0:
                raise ConfigError(f"{type(self).__name__}.{field} must lie in the world, at most 5 m, got {most:g}.")
