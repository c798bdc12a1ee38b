"""Pictures of levels with known geometry, checked pixel by pixel."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, SceneBuilder
from kinetix_env import Role, empty_level
from kinetix_env.errors import ConfigError
from kinetix_env.picture import contact_sheet, draw
from tests.kinetix_env.picture.scenes import BLACK, BLUE, GREEN, GREY, RED, WHITE, colour

pytestmark = pytest.mark.versions

CAPACITY = Capacity.large()


def level_of(builder, roles=None, bindings=(0,) * 6, auto=(False,) * 6, thrusters=(0, 0)):
    scene, state = builder.build()
    level = empty_level(CAPACITY)
    role = np.zeros(CAPACITY.bodies, np.int32)
    for body, value in (roles or {}).items():
        role[body] = value
    return eqx.tree_at(
        lambda level: (level.scene, level.state, level.role),
        eqx.tree_at(
            lambda level: (level.motor_binding, level.motor_auto, level.thruster_binding),
            level,
            (jnp.array(bindings, jnp.int32), jnp.array(auto), jnp.array(thrusters, jnp.int32)),
        ),
        (scene, state, jnp.asarray(role)),
    )


@pytest.fixture(scope="module")
def builder():
    return lambda: SceneBuilder(CAPACITY)


def test_shapes_have_the_colours_of_their_roles_and_immovable_ones_are_darker(builder):
    scene = builder()
    roles = {}
    for place, role in enumerate(Role):
        roles[scene.circle((place + 1, 3.0), radius=0.3)] = role
        roles[scene.box((place + 1, 2.0), width=0.6, height=0.4, immovable=True)] = role
    picture = draw(level_of(scene, roles))
    for place, expected in enumerate((GREY, GREEN, BLUE, RED)):
        assert colour(picture, place + 1, 3.15) == expected
        assert colour(picture, place + 1, 2.0) == tuple(round(0.6 * part) for part in expected)
    assert colour(picture, 2.5, 4.0) == WHITE


def test_the_floor_and_the_walls_are_drawn_and_the_floor_has_its_role(builder):
    picture = draw(level_of(builder(), {0: Role.RED}))
    assert colour(picture, 2.5, 0.2) == (153, 61, 61)
    for x, y in [(-0.1, 2.0), (5.1, 2.0), (2.5, 5.1)]:
        assert colour(picture, x, y) == (96, 96, 96)


def test_shapes_turn_with_their_angle(builder):
    scene = builder()
    scene.box((2.5, 2.5), width=2.0, height=0.4, angle=np.pi / 2)
    scene.polygon((4.0, 2.5), vertices=[(-0.4, -0.4), (-0.4, 0.4), (0.8, -0.4)], angle=np.pi / 2)
    picture = draw(level_of(scene))
    assert colour(picture, 2.5, 3.4) == GREY and colour(picture, 3.4, 2.5) == WHITE
    assert colour(picture, 4.3, 3.1 - 0.3) == GREY and colour(picture, 3.7, 2.7) == WHITE


def test_a_small_shape_lies_above_a_large_one_in_whatever_order_they_were_made(builder):
    for order in ((0.8, 0.2), (0.2, 0.8)):
        scene = builder()
        roles = {scene.circle((2.5, 2.5), radius=radius): Role.RED if radius < 0.5 else Role.NONE for radius in order}
        assert colour(draw(level_of(scene, roles)), 2.5, 2.6) == RED


def test_joints_show_their_kind_and_motor(builder):
    scene = builder()
    base = scene.box((2.5, 2.0), width=4.0, height=0.6)
    for place in range(1, 4):
        wheel = scene.circle((place, 2.0), radius=0.2)
        scene.revolute(base, wheel, anchor=(place - 2.5, 0.0), motor=place < 3)
    top = scene.box((4.0, 2.3), width=0.6, height=0.6)
    scene.fixed(base, top, anchor=(1.5, 0.0))
    picture = draw(level_of(scene, bindings=(0, 2, 0, 0, 0, 0), auto=(False, True, *(False,) * 4)), size=1000)
    beside = 0.035  # m, between the dot and the ring
    assert colour(picture, 1 + beside, 2.0) == (255, 210, 0) and colour(picture, 1.0, 2.0) == (255, 210, 0)
    assert colour(picture, 2 + beside, 2.0) == (225, 60, 225) and colour(picture, 2.0, 2.0) == BLACK
    assert colour(picture, 3.0, 2.0) == WHITE  # no motor
    assert colour(picture, 4.0, 2.0) == BLACK and colour(picture, 4.0, 2.06) == GREY  # a cross


def test_a_thruster_points_where_it_pushes(builder):
    scene = builder()
    body = scene.box((2.5, 2.5), width=2.0, height=2.0)
    scene.thruster(body, position=(0.0, 0.0), angle=np.pi / 2)
    picture = draw(level_of(scene), size=1000)
    assert colour(picture, 2.5, 2.5 - 0.08) == (125, 40, 175)
    assert colour(picture, 2.5 + 0.05, 2.5 - 0.02) == GREY and colour(picture, 2.5, 2.5 + 0.05) == GREY


def test_a_given_state_is_drawn_in_place_of_the_initial_one(builder):
    scene = builder()
    ball = scene.circle((1.0, 1.0), radius=0.3)
    level = level_of(scene, {ball: Role.GREEN})
    moved = level.state.position.at[ball].set(jnp.array([4.0, 4.0]))
    later = eqx.tree_at(lambda state: state.position, level.state, moved)
    picture = draw(level, later)
    assert colour(picture, 4.0, 4.15) == GREEN and colour(picture, 1.0, 1.15) == WHITE


def test_edges_are_antialiased(builder):
    scene = builder()
    scene.circle((2.5, 2.5), radius=1.0)
    shades = np.unique(np.asarray(draw(level_of(scene), size=125))[..., 0])
    assert len(shades) > 10


@pytest.mark.parametrize("size", [1, 17, 125, 1000])
def test_a_picture_has_the_size_that_was_asked_for(builder, size):
    assert draw(level_of(builder()), size=size).size == (size, size)


@pytest.mark.parametrize("size", [0, -1, 4097, 2.5, True])
def test_an_invalid_size_is_refused(builder, size):
    with pytest.raises((ConfigError, TypeError), match="size"):
        draw(level_of(builder()), size=size)


def test_a_contact_sheet_has_a_place_for_each_level(builder):
    levels = []
    for role in (Role.GREEN, Role.BLUE, Role.RED):
        scene = builder()
        levels.append(level_of(scene, {scene.circle((2.5, 2.5), radius=1.0): role}))
    sheet = contact_sheet(levels, columns=2, size=100)
    assert sheet.size == (212, 212)
    middles = [sheet.getpixel((x, y)) for y in (44, 148) for x in (54, 158)]
    assert middles == [GREEN, BLUE, RED, BLACK]


def test_an_empty_contact_sheet_is_refused():
    with pytest.raises(ConfigError, match="at least one level"):
        contact_sheet([])
