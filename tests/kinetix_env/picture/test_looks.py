"""Pictures are the same at every resolution and highlight acting motors and thrusters."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_env import ActionError, LevelError
from kinetix_env.picture import draw, svg
from kinetix_env.picture.style import FLAME, FLAME_CORE, MOTORS
from kinetix_env.sources.random_levels import random_levels
from tests.kinetix_env.picture.scenes import GREEN, WHITE, acting, colour, hinge, rocket


def array(level, **settings):
    return np.asarray(draw(level, **settings)).astype(float)


@pytest.mark.parametrize("size", [125, 500])
def test_a_picture_is_the_same_at_twice_the_resolution(size):
    """Reduced to the same size the two differ by less than a shade on average: lines are a whole number of drawn
    pixels wide, so their borders may move by half of one."""
    for named in random_levels("l", count=3, seed=2):
        once, twice = array(named.level, size=size), array(named.level, size=2 * size)
        reduced = twice.reshape(size, 2, size, 2, 3).mean(axis=(1, 3))
        off = np.abs(once - reduced)
        assert off.mean() < 1.5 and (off.max(axis=-1) > 60).mean() < 0.01


def test_a_thruster_has_a_flame_behind_it_while_it_fires():
    level = rocket()
    idle, full, half = (draw(level, size=1000, controls=acting(thruster=on)) for on in (0.0, 1.0, 0.5))
    assert np.array_equal(np.asarray(idle), np.asarray(draw(level, size=1000)))
    behind, far = (0.72, 2.0), (0.5, 2.0)  # it stands at x = 1 and pushes to the right
    assert colour(idle, *far) == WHITE and colour(full, *far) == FLAME and colour(half, *far) == WHITE
    assert colour(idle, *behind) == WHITE and colour(full, *behind) == FLAME_CORE and colour(half, *behind) == FLAME


def ring(picture):
    """How many pixels have the colour of motor 0, above and below a hinge, left and right of it."""
    pixels = (np.asarray(picture) == MOTORS[0]).all(-1)
    rows, columns = np.nonzero(pixels)
    middle = picture.width / 2
    return [int(part.sum()) for part in (rows < middle, rows > middle, columns < middle, columns > middle)]


def test_a_motor_has_an_arrow_around_it_while_it_runs():
    """Its head lies on the left if it turns the bar counter-clockwise, and it is the longer the harder it turns."""
    level = hinge()
    idle, ahead, back, gently = (draw(level, size=1000, controls=acting(motor=on)) for on in (0.0, 1.0, -1.0, 0.3))
    sizes = [sum(ring(picture)) for picture in (idle, gently, ahead)]
    assert sizes[0] < sizes[1] < sizes[2]
    assert np.array_equal(np.asarray(ahead), np.asarray(back)[:, ::-1]) or sum(ring(ahead)) == pytest.approx(
        sum(ring(back)), rel=0.01
    )
    _, _, left, right = ring(ahead)
    _, _, mirrored_left, mirrored_right = ring(back)
    assert left > right and mirrored_right > mirrored_left
    reverse = draw(hinge(speed=-1.0), size=1000, controls=acting(motor=1.0))
    assert np.array_equal(np.asarray(reverse), np.asarray(back))


def test_acting_motors_and_thrusters_have_their_own_svg_class():
    assert "firing" not in svg(rocket()) and "firing" in svg(rocket(), controls=acting(thruster=1.0))
    assert "running" not in svg(hinge()) and "running" in svg(hinge(), controls=acting(motor=1.0))


def test_pictures_take_arrays_of_numpy_and_jax_alike():
    for as_array in (np.asarray, jnp.asarray):
        level = jax.tree.map(as_array, rocket())
        picture = draw(level, controls=as_array(acting(thruster=1.0)))
        assert colour(picture, 1.0, 2.1) == GREEN


def test_non_finite_bodies_are_omitted():
    level = rocket()
    broken = dataclasses.replace(level.state, position=jnp.full_like(level.state.position, jnp.nan))
    assert colour(draw(level, broken), 1.0, 2.1) == WHITE
    assert "nan" not in svg(level, broken)


def test_wrong_controls_and_batches_are_refused():
    with pytest.raises(ActionError, match=r"controls must be 2 numbers, one for each of 1 joints and then 1 thrusters"):
        draw(rocket(), controls=np.zeros(6, np.float32))
    batch = jax.tree.map(lambda leaf: jnp.stack([leaf, leaf]), rocket())
    with pytest.raises(LevelError, match="A picture is of one level, got roles of shape"):
        draw(batch)
    (large,) = random_levels("m", count=1, seed=0)
    with pytest.raises(LevelError, match="state must be one of its level"):
        draw(rocket(), large.level.state)
