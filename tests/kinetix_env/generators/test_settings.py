"""Every parameter of the generator is checked, and has the effect its name says."""

import dataclasses
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import numpy as np
import pytest

from jax2d import Capacity
from kinetix_env.errors import ConfigError
from kinetix_env.generators import RandomLevels
from kinetix_env.generators.build import build_drafts
from kinetix_env.generators.draft import BodyRow, JointRow, ThrusterRow, rows
from kinetix_env.level import Role
from tests.kinetix_env.generators.batches import MIDDLE
from tests.kinetix_env.generators.level_laws import WALLS

BAD: dict[str, list[Any]] = {
    "max_size": [0.0, -1.0, math.nan, math.inf, "1", 3.0],
    "goal_size": [0.0, 20.0, 0.1],
    "min_half_side": [0.0, 0.5],
    "min_radius": [0.0, 0.5, None],
    "circle_size": [0.0, 0.1, True],
    "long_side_scale": [0.0, 100.0, 5.0],
    "triangles": [1, "yes"],
    "exchanged_anchors": [0],
    "filter": [None],
    "immovable_per_mass": [-1.0, math.inf],
    "connect_immovable_weight": [-0.1],
    "red_weight": [-1.0],
    "visible_least": [-0.1, math.nan],
    "hidden_penalty": [-1.0],
    "limit_angle": [-1.0, 7.0],
    "motor_speed": [(3.0, 0.4), (0.4,), 1.0, (-1.0, 1.0), (0.0, math.inf), [0.4, 3.0]],
    "motor_power": [(3.0, 1.0)],
    "wheel_power": [(2.0, 1.0)],
    "thruster_power": [(1.0, "4")],
    "revolute_first": [-1, 1.5, True],
    "small": [-1, None],
    "proposals": [0, 2.0],
    "filter_steps": [0, 64.0],
    "filter_frame_skip": [0],
    "filter_attempts": [0],
}
CHANCES = [f.name for f in dataclasses.fields(RandomLevels) if f.name not in BAD]
BAD |= {name: [-0.1, 1.1, math.nan, None, True] for name in CHANCES}


def test_every_field_has_bad_values() -> None:
    assert set(BAD) == {field.name for field in dataclasses.fields(RandomLevels)}


@pytest.mark.parametrize("field,value", [(field, value) for field, values in BAD.items() for value in values])
def test_bad_values_are_refused_with_field_and_value(field: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=rf"RandomLevels.*{field}") as error:
        RandomLevels(**{field: value})
    shown = f"{value:g}" if isinstance(value, float) and math.isfinite(value) and value >= 0 else repr(value)
    assert shown in str(error.value) or repr(value) in str(error.value)


@pytest.mark.parametrize(
    "chances", [{"connected_chance": 0.6, "free_chance": 0.5}, {"floor_green": 0.5, "floor_red": 0.6}]
)
def test_chances_that_exclude_each_other_add_up_to_one_at_most(chances: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="must be at most 1, got 1"):
        RandomLevels(**chances)


def test_settings_are_frozen_and_keyword_only() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        RandomLevels().max_size = 2.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        RandomLevels(2.0)  # type: ignore[misc]
    assert RandomLevels.name == "random"


STATIC = {"proposals", "triangles"}  # decide the program, not only its numbers


@cache
def program(proposals: int) -> Callable[[dict[str, Any]], Any]:
    """The generator with its parameters as arguments, so that one compiled program serves all of them."""

    def draw(given: dict[str, Any]) -> Any:
        settings = object.__new__(RandomLevels)
        for name, value in {**given, "proposals": proposals, "triangles": False}.items():
            object.__setattr__(settings, name, value)  # the values are traced, so nothing may look at them
        return build_drafts(settings, MIDDLE, jax.random.split(jax.random.key(0), 256))

    return jax.jit(draw)


class Found:
    """The bodies, joints and thrusters of a batch, [row, level]."""

    def __init__(self, settings: RandomLevels, capacity: Capacity = MIDDLE) -> None:
        given = {k: v for k, v in dataclasses.asdict(settings).items() if k not in STATIC}
        draft = program(settings.proposals or 8)(given)
        self.body: Any = jax.tree.map(np.asarray, rows(BodyRow, draft.bodies))
        self.joint: Any = jax.tree.map(np.asarray, rows(JointRow, draft.joints))
        self.thruster: Any = jax.tree.map(np.asarray, rows(ThrusterRow, draft.thrusters))
        there = self.body.active > 0
        there[:WALLS] = False
        self.there = there
        self.polygon, self.circle = there & (self.body.sides > 0), there & (self.body.radius > 0)
        self.held = there & (self.body.inverse_mass == 0)
        x, y = np.stack(self.body.corner_x), np.stack(self.body.corner_y)
        self.sides = np.sort(np.stack([x.max(0) - x.min(0), y.max(0) - y.min(0)]), 0)[:, self.polygon]
        self.role = self.body.role
        self.joints = self.joint.active > 0
        self.revolute = self.joints & (self.joint.fixed == 0)
        self.wheels = self.joints & (np.maximum(self.joint.body_a, self.joint.body_b) >= capacity.polygons)
        self.nozzles = self.thruster.active > 0


DEFAULT = {"proposals": 1}  # what these tests change is not the choice among proposals
NONE_CONNECTED: dict[str, Any] = {"connected_chance": 0.0, "free_chance": 1.0}
EFFECTS: list[tuple[str, dict[str, Any], Callable[[Found], Any]]] = [
    ("max_size", {"max_size": 0.5}, lambda f: f.sides[0].max() < 0.5 / math.sqrt(2) + 1e-5),
    ("goal_size", {"goal_size": 0.4, "swap_chance": 0.0}, lambda f: f.body.radius[f.circle & _green(f)].max() <= 0.16),
    ("min_half_side", {"min_half_side": 0.3}, lambda f: f.sides[0].min() > 0.599),
    ("min_radius", {"min_radius": 0.35}, lambda f: f.body.radius[f.circle].min() >= 0.35),
    ("circle_size", {"circle_size": 0.4}, lambda f: f.body.radius[f.circle].max() <= 0.2),
    ("long_side_chance", {"long_side_chance": 0.0}, lambda f: f.sides[1].max() < 0.7072),
    ("long_side_scale", {"long_side_scale": 1.5}, lambda f: 0.9 < f.sides[1].max() < 1.0607),
    (
        "opposite_sides_chance",
        {"opposite_sides_chance": 1.0, "swap_chance": 0.0},
        lambda f: f.body.x[_green(f)].max() < 2.5 < f.body.x[f.there & (f.role == Role.BLUE)].min(),
    ),
    ("immovable_least", {"immovable_least": 1.0, **NONE_CONNECTED, "opposite_sides_chance": 0.0},
     lambda f: f.held.sum() > 0.7 * f.there.sum()),
    ("immovable_per_mass", {"immovable_per_mass": 0.0, "immovable_least": 0.0}, lambda f: not f.held.any()),
    ("immovable_most", {"immovable_most": 0.0}, lambda f: not f.held.any()),
    ("immovable_low_chance", {"immovable_low_chance": 1.0}, lambda f: f.body.y[f.held & (f.role == 0)].max() < 2.5),
    ("immovable_low_chance_role", {"immovable_low_chance_role": 0.0},
     lambda f: (f.body.y[f.held & (f.role != 0)] > 2.5).mean() > 0.4),
    ("connected_chance", {"connected_chance": 0.0}, lambda f: f.joints.sum(0).max() <= 1),
    ("free_chance", {"free_chance": 0.0, "connected_chance": 0.0}, lambda f: f.there.sum(0).max() == 3),
    ("connect_immovable_weight", {"connect_immovable_weight": 100.0}, lambda f: _on_held(f) > 0.3),
    ("revolute_first", {"revolute_first": 0}, lambda f: _fixed_first(f)),
    ("fixed_chance", {"fixed_chance": 0.0}, lambda f: (f.revolute == f.joints).all()),
    ("motor_chance", {"motor_chance": 0.0}, lambda f: not f.joint.motor.any()),
    ("motor_speed", {"motor_speed": (5.0, 6.0)}, lambda f: _within(f.joint.motor_speed[f.revolute], 5, 6)),
    ("motor_power", {"motor_power": (5.0, 6.0)}, lambda f: _within(f.joint.motor_power[f.revolute & ~f.wheels], 5, 6)),
    ("wheel_power", {"wheel_power": (5.0, 6.0)}, lambda f: _within(f.joint.motor_power[f.revolute & f.wheels], 5, 6)),
    ("limit_chance", {"limit_chance": 1.0}, lambda f: (f.joint.limited[f.revolute & ~f.wheels] == 1).all()),
    ("limit_angle", {"limit_angle": 0.2}, lambda f: f.joint.max_angle.max() <= 0.2 and f.joint.min_angle.min() >= -0.2),
    ("thruster_chance", {"thruster_chance": 0.0}, lambda f: f.nozzles.sum(0).max() == 1),
    ("thruster_aligned_chance", {"thruster_aligned_chance": 1.0}, lambda f: _aligned(f)),
    ("thruster_power", {"thruster_power": (7.0, 8.0)}, lambda f: _within(_power_per_mass(f), 7, 8)),
    ("floor_green", {"floor_green": 0.9}, lambda f: (f.role[0] == Role.GREEN).mean() > 0.8),
    ("floor_blue", {"floor_blue": 0.9}, lambda f: (f.role[0] == Role.BLUE).mean() > 0.8),
    ("floor_red", {"floor_red": 0.9}, lambda f: (f.role[0] == Role.RED).mean() > 0.8),
    ("red_weight", {"red_weight": 0.0, "floor_red": 0.0}, lambda f: not (f.role == Role.RED).any()),
    ("swap_chance", {"swap_chance": 1.0, "opposite_sides_chance": 1.0, "floor_red": 0.0, "floor_blue": 0.0},
     lambda f: f.body.x[_green(f)].min() > 2.5),
    ("small", {"small": 20}, lambda f: not f.held.any()),
]  # fmt: skip
# The filter's have tests of their own, as have the count of proposals and triangles (test_overlap.py).
ELSEWHERE = {
    *("filter", "filter_steps", "filter_frame_skip", "filter_weight", "filter_attempts", "proposals"),
    *("triangles", "visible_least", "hidden_penalty", "exchanged_anchors"),
}


def _within(values: np.ndarray, low: float, high: float) -> bool:
    return len(values) > 0 and bool((values >= low).all() and (values <= high).all())


def _green(found: Found) -> np.ndarray:
    green: np.ndarray = found.there & (found.role == Role.GREEN)
    return green


def _fixed_first(found: Found) -> bool:
    """Whether a level has a fixed joint without two revolute ones."""
    return bool(((found.joints & ~found.revolute).any(0) & (found.revolute.sum(0) < 2)).any())


def _on_held(found: Found) -> float:
    """Fraction of the joints that connect to an immovable shape."""
    ends = [np.take_along_axis(found.held, body.astype(int), 0) for body in (found.joint.body_a, found.joint.body_b)]
    return float((ends[0] | ends[1])[found.joints].mean())


def _aligned(found: Found) -> bool:
    """Whether all thrusters point along the line through the centre of mass."""
    x, y = found.thruster.position
    off = x * np.sin(found.thruster.angle) - y * np.cos(found.thruster.angle)
    return bool(np.abs(off[found.nozzles]).max() < 1e-5)


def _power_per_mass(found: Found) -> np.ndarray:
    inverse = np.take_along_axis(found.body.inverse_mass, found.thruster.body.astype(int), 0)
    per_mass: np.ndarray = (found.thruster.power * inverse)[found.nozzles].round(4)
    return per_mass


def test_every_field_has_an_effect_that_is_tested() -> None:
    assert {name for name, _, _ in EFFECTS} | ELSEWHERE == {field.name for field in dataclasses.fields(RandomLevels)}


@pytest.mark.parametrize("given,holds", [effect[1:] for effect in EFFECTS], ids=[effect[0] for effect in EFFECTS])
def test_each_setting_has_the_effect_of_its_name(given: dict[str, Any], holds: Callable[[Found], Any]) -> None:
    assert holds(Found(RandomLevels(**{**DEFAULT, **given})))
    assert not holds(Found(RandomLevels(**DEFAULT))), "holds anyway"


def test_hidden_pairs_are_avoided() -> None:
    """With own anchors, a wheel's centre lies so near a side that the wheel sticks out of its polygon."""

    def share(**given: Any) -> float:
        f = Found(RandomLevels(proposals=8, exchanged_anchors=False, **given))
        x, y = np.abs(f.joint.anchor_a[0]), np.abs(f.joint.anchor_a[1])
        half = [np.stack(c).max(0) for c in (f.body.corner_x, f.body.corner_y)]
        a, b = f.joint.body_a.astype(int), f.joint.body_b.astype(int)
        half_x, half_y = (np.take_along_axis(h, a, 0) for h in half)
        radius = np.take_along_axis(f.body.radius, b, 0)
        shows = np.minimum(half_x - x, half_y - y) + 0.05 < radius
        return float(shows[f.wheels].mean())

    assert share() > 0.99 > 0.97 > share(hidden_penalty=0.0)
    assert share(visible_least=0.0) < share()
