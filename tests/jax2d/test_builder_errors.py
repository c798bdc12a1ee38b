"""Invalid calls of `SceneBuilder` raise a `SceneError` that names the argument, and leave the builder unchanged."""

import math
from fractions import Fraction
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jax2d.builder import SceneBuilder
from jax2d.capacity import Capacity
from jax2d.errors import CapacityError, SceneError
from jax2d.geometry import clockwise
from jax2d.scene import Scene
from jax2d.state import State
from tests.jax2d.strategies import same

TRIANGLE = [(0.0, 1.0), (1.0, 0.0), (-1.0, 0.0)]
BOX, BALL, PILLAR = 4, 12, 5  # bodies of `started`


def started() -> SceneBuilder:
    """A large scene with a box, an immovable pillar, a ball, a joint and a thruster."""
    builder = SceneBuilder(Capacity.large())
    assert builder.box((1, 1), width=1, height=1) == BOX
    assert builder.polygon((3, 1), TRIANGLE, immovable=True) == PILLAR
    assert builder.circle((2, 1), radius=0.5) == BALL
    builder.revolute(BOX, BALL, anchor=(0, 0))
    builder.thruster(BOX)
    return builder


@cache
def untouched() -> tuple[Scene, State]:
    """The scene and state that `started` builds."""
    return started().build()


VALID: dict[str, dict[str, Any]] = {
    "box": {"position": (1, 2), "width": 1.0, "height": 0.5},
    "polygon": {"position": (1, 2), "vertices": TRIANGLE},
    "circle": {"position": (1, 2), "radius": 0.3},
    "revolute": {"a": BOX, "b": BALL, "anchor": (0, 0)},
    "fixed": {"a": BOX, "b": BALL, "anchor": (0, 0)},
    "thruster": {"body": BOX},
}
MATERIAL = ["density", "friction", "restitution"]
NUMBERS = {
    "box": ["width", "height", "angle", "angular_velocity", *MATERIAL],
    "polygon": ["angle", "angular_velocity", *MATERIAL],
    "circle": ["radius", "angle", "angular_velocity", *MATERIAL],
    "revolute": ["motor_speed", "motor_power"],
    "thruster": ["angle", "power"],
}
PAIRS = {
    "box": ["position", "velocity"],
    "polygon": ["position", "velocity"],
    "circle": ["position", "velocity"],
    "revolute": ["anchor", "limits"],
    "fixed": ["anchor"],
    "thruster": ["position"],
}
OPTIONAL_NUMBERS = {"revolute": ["rotation"], "fixed": ["rotation"]}  # None means the default
OPTIONAL_PAIRS = {"revolute": ["anchor_b"], "fixed": ["anchor_b"]}
FLAGS = {**{body: ["immovable", "ghost"] for body in ("box", "polygon", "circle")}, "revolute": ["motor"]}
BODIES = {"revolute": ["a", "b"], "fixed": ["a", "b"], "thruster": ["body"]}
KINDS = (NUMBERS, PAIRS, OPTIONAL_NUMBERS, OPTIONAL_PAIRS, FLAGS, BODIES)


class Unprintable:
    """An object whose repr and conversion to an array raise."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise RuntimeError("no")

    def __index__(self) -> int:
        raise RuntimeError("no")


NOTHING_LIKE_IT: list[Any] = [
    *("", "1", b"1", True, False, np.bool_(True), 1j, math.nan, math.inf, -math.inf, 1e300, 10**400),
    *({}, {1: 2}, {1}, object(), int, len, Fraction(1, 3), np.datetime64("2020"), np.array("x")),
    *([], [[]], [None, None], ["1", "2"], [True, 1.0], [1, 2, 3], [[1, 2]], [1, [2, 3]], [math.nan, 0], [1e7, 0.0]),
    *(np.ones(1), np.zeros((2, 2, 2)), np.array([True, False]), np.array([1, None]), jnp.full(2, jnp.nan)),
]
UNPRINTABLE: list[Any] = [Unprintable(), [Unprintable()] * 2, -(10**5000)]


def refused(builder: SceneBuilder, method: str, arguments: dict[str, Any]) -> str:
    """The message of the `SceneError` that a call raises; the builder must be as it was."""
    before = builder.build()
    with pytest.raises(SceneError) as raised:
        getattr(builder, method)(**arguments)
    assert same(builder.build(), before)
    return str(raised.value)


def every(names: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(method, name) for method, arguments in names.items() for name in arguments]


def with_argument(method: str, name: str, value: object) -> dict[str, Any]:
    return {**VALID[method], name: value}


@pytest.mark.parametrize("method", VALID)
def test_unmodified_calls_are_valid(method: str) -> None:
    builder = started()
    before = builder.build()
    assert isinstance(getattr(builder, method)(**VALID[method]), int)
    assert not same(builder.build(), before)


REQUIRED = every(NUMBERS) + every(PAIRS) + every(FLAGS) + every(BODIES) + [("polygon", "vertices")]


@pytest.mark.parametrize("method, name", REQUIRED + every(OPTIONAL_NUMBERS) + every(OPTIONAL_PAIRS))
def test_arguments_of_another_type_are_refused_by_name(method: str, name: str) -> None:
    builder = started()
    before = builder.build()
    for value in [None, *NOTHING_LIKE_IT, *UNPRINTABLE]:
        if name in FLAGS.get(method, []) and isinstance(value, (bool, np.bool_)):
            continue
        if value is None and ((method, name) not in REQUIRED or name == "limits"):
            continue  # None means the default
        with pytest.raises(SceneError) as raised:
            getattr(builder, method)(**with_argument(method, name, value))
        message = str(raised.value)
        assert message.startswith(f"SceneBuilder.{method}: {name} must")
        assert len(message) < 400
    assert same(builder.build(), before)


@pytest.mark.parametrize("name", ["gravity", "walls", "capacity"])
def test_invalid_constructor_arguments_are_refused(name: str) -> None:
    for value in [None, *NOTHING_LIKE_IT, *UNPRINTABLE]:
        if name == "walls" and isinstance(value, (bool, np.bool_)):
            continue
        with pytest.raises(SceneError, match=f"^SceneBuilder: {name} must"):
            SceneBuilder(**{"capacity": Capacity.small(), name: value})


@pytest.mark.parametrize(
    "method, name, value, message",
    [
        ("box", "width", 0, "must be a number from 0.001 to 1e+06, got 0."),
        ("box", "height", -1.5, "got -1.5."),
        ("circle", "radius", 0.0, "must be a number from 0.001 to 1e+06, got 0.0."),
        ("circle", "radius", 1e-4, "got 0.0001."),
        ("circle", "density", 0, "must be a number from 1e-06 to 1e+06, got 0."),
        ("polygon", "density", -2, "got -2."),
        ("box", "friction", -0.1, "must be a number from 0 to 1e+06, got -0.1."),
        ("box", "restitution", 1.01, "must be a number from 0 to 1, got 1.01."),
        ("circle", "restitution", -0.01, "must be a number from 0 to 1, got -0.01."),
        ("box", "position", (1, math.nan), "must be two numbers (x, y) from -1e+06 to 1e+06, got (1, nan)."),
        ("box", "position", "here", "got 'here'."),
        ("revolute", "motor_power", -1, "must be a number from 0 to 1e+06, got -1."),
        ("revolute", "limits", (1, -1), "must be (min, max) with min below max, got (1, -1)."),
        ("revolute", "limits", (0.5, 0.5), "must be (min, max) with min below max, got (0.5, 0.5)."),
        ("revolute", "a", 6, "must be a body index; the scene has 7 bodies (0-5, 12), got 6."),
        ("fixed", "b", -1, "must be a body index; the scene has 7 bodies (0-5, 12), got -1."),
        ("thruster", "body", 99, "must be a body index; the scene has 7 bodies (0-5, 12), got 99."),
        ("thruster", "body", 1.0, "got 1.0."),
        ("thruster", "power", -1, "must be a number from 0 to 1e+06, got -1."),
        ("box", "ghost", 1, "must be True or False, got 1."),
        ("polygon", "vertices", TRIANGLE[:2], "must be 3 to 4 corners (Capacity.vertices is 4), got 2."),
        ("polygon", "vertices", np.zeros((5, 2)), "must be 3 to 4 corners (Capacity.vertices is 4), got 5."),
        ("polygon", "vertices", [(0, 0, 0)] * 3, "must be a list of corners (x, y), numbers from -1e+06 to 1e+06, got"),
        ("polygon", "vertices", [(0, 1), (0.1, 0.1), (1, 0), (0, 0)], "must be strictly convex"),
        ("polygon", "vertices", [(0, 0), (1, 1), (2, 2)], "must enclose an area of at least 1e-07 m^2, but it"),
        ("polygon", "vertices", [(0, 0), (0, 0), (1, 1)], "must have sides of at least 0.001 m, but corners 0 and 1"),
    ],
)
def test_errors_state_got_and_expected(method: str, name: str, value: object, message: str) -> None:
    text = refused(started(), method, with_argument(method, name, value))
    assert text.startswith(f"SceneBuilder.{method}: {name} ")
    assert message in text


def test_corners_that_coincide_in_float32_are_refused() -> None:
    """A triangle a thousand kilometres long with a blunted tip of 3 mm, which rounds to nothing."""
    corners = [(-5e5, 5e5), (5e5 - 2e-3, 5e5), (5e5, 5e5 - 2e-3), (-5e5, -5e5)]
    message = refused(started(), "polygon", with_argument("polygon", "vertices", corners))
    assert message.startswith("SceneBuilder.polygon: vertices, rounded to float32, must have sides of at least")


def test_an_unknown_option_is_refused_with_the_nearest_and_all_known_names() -> None:
    message = refused(started(), "circle", with_argument("circle", "densty", 1))
    assert message.startswith("SceneBuilder.circle has no option 'densty'. Did you mean 'density'? Known: angle, ")


@pytest.mark.parametrize("method", ["revolute", "fixed"])
def test_invalid_joints_are_refused(method: str) -> None:
    builder = started()
    message = refused(builder, method, {"a": BOX, "b": BOX, "anchor": (0, 0)})
    assert message == f"SceneBuilder.{method}: a and b must be two bodies, got 4 for both."
    message = refused(builder, method, {"a": SceneBuilder.FLOOR, "b": PILLAR, "anchor": (0, 0)})
    assert message.endswith("a or b must be able to move, got 0 and 5, which are both immovable.")


def test_a_thruster_on_an_immovable_body_is_refused() -> None:
    message = refused(started(), "thruster", {"body": PILLAR})
    assert message == "SceneBuilder.thruster: body must be able to move, got 5, which is immovable."


@pytest.mark.parametrize("motion", [{"velocity": (0, 1)}, {"angular_velocity": -1}])
def test_an_immovable_body_with_a_velocity_is_refused(motion: dict[str, Any]) -> None:
    message = refused(started(), "box", {**VALID["box"], "immovable": True, **motion})
    assert "an immovable body must have no velocity, got velocity (0, " in message


def test_the_first_body_of_an_empty_scene_cannot_be_joined() -> None:
    builder = SceneBuilder(Capacity.small(), walls=False)
    assert "the scene has no bodies, got 0." in refused(builder, "thruster", {"body": 0})
    builder.circle((1, 1), radius=1)
    assert "the scene has 1 body (5), got 0." in refused(builder, "thruster", {"body": 0})


@pytest.mark.parametrize(
    "capacity",
    [
        Capacity(polygons=5, circles=1, joints=0, thrusters=0, static_polygons=3),
        Capacity(polygons=1, circles=1, joints=0, thrusters=0, static_polygons=0),
        Capacity(polygons=5, circles=1, joints=0, thrusters=0, vertices=3),
    ],
)
def test_walls_need_room(capacity: Capacity) -> None:
    with pytest.raises(SceneError, match=r"^SceneBuilder: walls=True needs 4 static .* Pass walls=False or a larger"):
        SceneBuilder(capacity)
    assert not SceneBuilder(capacity, walls=False).build()[0].active.any()


def test_a_box_needs_four_corners() -> None:
    builder = SceneBuilder(
        Capacity(polygons=1, circles=0, joints=0, thrusters=0, static_polygons=0, vertices=3), walls=False
    )
    message = refused(builder, "box", VALID["box"])
    assert message == "SceneBuilder.box adds a polygon of 4 corners, but Capacity.vertices is 3."
    assert builder.polygon((0, 0), TRIANGLE) == 0


@pytest.mark.parametrize(
    "method, arguments, count, what",
    [
        ("box", VALID["box"], 1, "movable polygons (Capacity.polygons less Capacity.static_polygons)"),
        ("polygon", VALID["polygon"], 1, "movable polygons (Capacity.polygons less Capacity.static_polygons)"),
        ("box", {**VALID["box"], "immovable": True}, 1, "polygons (Capacity.polygons)"),
        ("circle", VALID["circle"], 2, "circles (Capacity.circles)"),
        ("revolute", {"a": 4, "b": 5, "anchor": (0, 0)}, 1, "joints (Capacity.joints)"),
        ("fixed", {"a": 4, "b": 5, "anchor": (0, 0)}, 1, "joints (Capacity.joints)"),
        ("thruster", {"body": 4}, 1, "thrusters (Capacity.thrusters)"),
    ],
)
def test_adding_beyond_capacity_is_refused(method: str, arguments: dict[str, Any], count: int, what: str) -> None:
    builder = SceneBuilder(Capacity.small())
    if "a" in arguments or "body" in arguments:
        builder.box((1, 1), width=1, height=1)
        builder.circle((2, 1), radius=0.5)
    for _ in range(count):
        getattr(builder, method)(**arguments)
    before = builder.build()
    with pytest.raises(CapacityError) as raised:
        getattr(builder, method)(**arguments)
    assert same(builder.build(), before)
    held = 5 if what.startswith("polygons") else count  # the walls are polygons
    assert str(raised.value) == f"SceneBuilder.{method}: the scene is full, it already holds {held} of {held} {what}."


def test_traced_values_are_refused() -> None:
    """The builder works on the host, on known numbers."""

    def build(radius: jax.Array) -> jax.Array:
        builder = SceneBuilder(Capacity.small())
        builder.circle((1, 1), radius=radius)
        return builder.build()[1].position

    with pytest.raises(SceneError, match=r"^SceneBuilder\.circle: radius must be a number"):
        jax.jit(build)(0.5)


anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.floats(-2, 2)
    | st.complex_numbers()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.sampled_from(NOTHING_LIKE_IT),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.lists(st.tuples(inner, inner), max_size=6),
    max_leaves=8,
)


@given(st.sampled_from(list(VALID)), st.data())
@settings(max_examples=100, deadline=None)
def test_random_arguments_are_accepted_or_refused_with_a_message(method: str, data: st.DataObject) -> None:
    """For any argument the scene stays valid and finite, or a `SceneError` names method and argument."""
    builder = started()
    names = [name for kinds in KINDS for name in kinds.get(method, [])] + ["vertices"] * (method == "polygon")
    spoilt = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    arguments = {**VALID[method], **{name: data.draw(anything) for name in spoilt}}
    try:
        index = getattr(builder, method)(**arguments)
    except SceneError as error:
        culprits = (*spoilt, "vertices, rounded to float32,", "an immovable body", "a and b", "a or b")
        assert str(error).startswith(tuple(f"SceneBuilder.{method}: {name} must" for name in culprits))
        assert same(builder.build(), untouched())
    else:
        assert index >= 0
        assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(builder.build()))


coordinates = st.floats(-3, 3) | st.sampled_from([0.0, 1.0, 1e-3, 1e6, -1e6, 1e-30])


@given(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=6))
@settings(max_examples=150, deadline=None)
def test_random_corners_give_a_valid_polygon_or_an_error(corners: list[tuple[float, float]]) -> None:
    builder = SceneBuilder(
        Capacity(polygons=1, circles=0, joints=0, thrusters=0, static_polygons=0, vertices=6), walls=False
    )
    try:
        body = builder.polygon((0, 0), corners)
    except SceneError as error:
        assert str(error).startswith("SceneBuilder.polygon: vertices")
        return
    scene, state = builder.build()
    vertices = np.asarray(scene.vertices[body][: len(corners)], np.float64)
    assert 0 < scene.inverse_mass[body] < math.inf and 0 < scene.inverse_inertia[body] < math.inf
    sides = np.roll(vertices, -1, axis=0) - vertices
    for start, (ux, uy) in zip(vertices, sides, strict=True):
        arms = vertices - start
        left = ux * arms[:, 1] - uy * arms[:, 0]
        assert (left <= 1e-6 * math.hypot(ux, uy) * np.abs(vertices).max()).all()  # all corners on its right
    # float32 rounds by 6e-8 of the largest coordinate, in the position and again in the vertices
    rounding = 1e-6 * max(1.0, float(np.abs(corners).max()))
    assert np.asarray(state.position[body]) + vertices == pytest.approx(clockwise(np.array(corners)), abs=rounding)
