"""The settings of the random generator. The defaults are those of the published generator (Kinetix 3.0.2)."""

import math
from dataclasses import dataclass

from ..config import (
    check_chances,
    check_flags,
    check_integer,
    check_integers,
    check_number,
    check_numbers,
    check_pairs,
    checks_its_fields,
)
from ..errors import ConfigError

__all__ = ["FilterSettings", "Settings"]

_CHANCES = (
    *("long_side_chance", "opposite_sides_chance", "immovable_low_chance", "immovable_low_chance_role"),
    *("immovable_least", "immovable_most", "fixed_chance", "motor_chance", "limit_chance"),
    *("thruster_chance", "thruster_aligned_chance", "connected_chance", "free_chance"),
    *("floor_green", "floor_blue", "floor_red", "swap_chance"),
)


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class FilterSettings:
    """Rejection of levels that no-op solves."""

    filter: bool = True  # draw again what is solved by doing nothing
    filter_steps: int = 64  # environment steps of doing nothing
    filter_frame_skip: int = 2  # engine steps per environment step
    filter_weight: float = 0.001  # chance that such a level is kept nevertheless
    filter_attempts: int = 16  # levels drawn at most; the last one is kept

    def __post_init__(self) -> None:
        check_flags(self, ("filter",))
        check_chances(self, ("filter_weight",))
        check_integers(self, ("filter_steps", "filter_frame_skip", "filter_attempts"), 1)


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class Settings(FilterSettings):
    """Every parameter of the random generator; the mutations read the same ones."""

    # Sizes
    max_size: float = 1.0  # m, diagonal of the largest square, before `long_side_scale`
    goal_size: float = 1.0  # factor of `max_size` for free green and blue shapes
    min_half_side: float = 0.05  # m, of a rectangle
    min_radius: float = 0.1  # m
    circle_size: float = 0.8  # largest diameter of a circle, as a fraction of `max_size`
    long_side_chance: float = 0.3  # that one side of a rectangle is longer
    long_side_scale: float = 2.0  # by this factor
    triangles: bool = False  # half of the polygons are right triangles

    # Free shapes
    opposite_sides_chance: float = 0.5  # that green stays in the left half, and blue in the right one
    immovable_least: float = 0.02  # chance that a free shape is immovable: least + per_mass * mass (kg), at most most
    immovable_per_mass: float = 4.0  # 1/kg, growth of that chance with the mass of the shape
    immovable_most: float = 1.0  # upper bound of that chance
    immovable_low_chance: float = 0.0  # that an immovable shape without a role is moved to the lower half
    immovable_low_chance_role: float = 0.6  # the same for one with a role, added to the other

    # Connected shapes
    connected_chance: float = 0.35  # that a slot is filled with a connected shape
    free_chance: float = 0.35  # or with a free one; otherwise it stays empty
    connect_immovable_weight: float = 0.05  # how often one connects to an immovable shape, a movable one counts 1
    revolute_first: int = 2  # number of revolute joints before the first fixed one
    fixed_chance: float = 0.5  # from then on
    visible_least: float = 0.05  # m by which each of two connected shapes must be able to stick out of the other
    hidden_penalty: float = 10.0  # how many overlaps it counts if they cannot
    exchanged_anchors: bool = True  # as published, see `kinetix_env.generators.connect`

    # Motors
    motor_chance: float = 0.8  # that a revolute joint has a motor
    motor_speed: tuple[float, float] = (0.4, 3.0)  # range of motor speeds, in units of PhysicsParams.motor_speed
    motor_power: tuple[float, float] = (1.0, 3.0)  # range of motor powers, in units of PhysicsParams.motor_power
    wheel_power: tuple[float, float] = (1.0, 1.0)  # where a circle is involved
    limit_chance: float = 0.4  # that a revolute joint of two polygons is limited
    limit_angle: float = math.pi  # rad, limits are drawn up to it on both sides

    # Thrusters
    thruster_chance: float = 0.3  # for each slot but the first
    thruster_aligned_chance: float = 0.8  # that it points to or from the centre of mass
    thruster_power: tuple[float, float] = (1.0, 4.0)  # per kg of the body

    # Roles
    floor_green: float = 0.0  # chance that the floor is green
    floor_blue: float = 0.02  # chance that the floor is blue
    floor_red: float = 0.08  # chance that the floor is red
    red_weight: float = 1 / 3  # how often a further shape is red, as long as there is none; no role counts 1
    swap_chance: float = 0.5  # that green and blue are exchanged in the end; never if the floor has a role

    # Choice
    proposals: int | None = None  # shapes drawn for each slot, of which the one that overlaps least is taken;
    # None: 8, but 1 in small levels
    small: int = 7  # bodies; levels with at most this number are small, and no free shape is immovable there

    def __post_init__(self) -> None:
        super().__post_init__()
        check_chances(self, _CHANCES)
        check_flags(self, ("triangles", "exchanged_anchors"))
        check_numbers(self, ("min_half_side", "min_radius"), least=0.001)
        check_numbers(self, ("max_size", "goal_size", "circle_size"), least=0.01, most=10.0)
        check_number(self, "long_side_scale", least=0.1, most=10.0)
        check_numbers(self, ("immovable_per_mass", "connect_immovable_weight", "red_weight"))
        check_numbers(self, ("visible_least", "hidden_penalty"))
        check_number(self, "limit_angle", most=math.tau)
        check_pairs(self, ("motor_speed", "motor_power", "wheel_power", "thruster_power"))
        check_integer(self, "small", 0)
        check_integer(self, "revolute_first", 0)
        if self.proposals is not None:
            check_integer(self, "proposals", 1)
        self._check_together()

    def _check_together(self) -> None:
        """Check the conditions that involve several fields."""
        for fields in (("connected_chance", "free_chance"), ("floor_green", "floor_blue", "floor_red")):
            total = sum(getattr(self, field) for field in fields)
            if total > 1 + 1e-6:
                names = " + ".join(fields)
                raise ConfigError(f"{type(self).__name__}: {names} must be at most 1, got {total:g}.")
        for factor in (1.0, self.goal_size):
            size = self.max_size * factor
            if size / math.sqrt(8) < self.min_half_side or size / 2 * self.circle_size < self.min_radius:
                raise ConfigError(
                    f"{type(self).__name__}.max_size ({self.max_size:g}), times goal_size ({self.goal_size:g}), must "
                    f"allow for rectangles of min_half_side ({self.min_half_side:g}) and circles of min_radius "
                    f"({self.min_radius:g}) after circle_size ({self.circle_size:g})."
                )
        largest = self.max_size * max(1.0, self.goal_size)
        if max(largest / 2 * max(1.0, self.long_side_scale), largest / 2 * self.circle_size) > 1.1:
            raise ConfigError(
                f"{type(self).__name__}.max_size ({self.max_size:g}) with goal_size ({self.goal_size:g}), "
                f"long_side_scale ({self.long_side_scale:g}) and circle_size ({self.circle_size:g}) must give shapes "
                "that fit into half of the world, at most 2.2 m across."
            )
