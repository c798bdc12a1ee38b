"""Changing one shape: its size, position and angle, and whether it can move."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from jax2d.boundary import FLOOR_TOP, WORLD_SIZE

from ..generators.draft import BodyRow, Draft, stacked
from ..generators.draws import ShapeDraws, named
from ..generators.lanes import row_of
from ..generators.places import box_of
from ..generators.settings import Settings
from ..generators.shapes import draw_size
from ..level.level import Level
from .common import (
    any_of,
    bodies_of,
    finish,
    joints_of,
    open_draft,
    present_shapes,
    thrusters_of,
    with_bodies,
    with_joints,
)
from .mass import inverse_mass_of
from .settle import settle

__all__ = ["change_position", "change_rotation", "change_size", "toggle_immovable"]

_STEP = 0.5  # m, a shape moves by at most so much in x and in y
_TURN = np.pi / 2  # rad, at most


def toggle_immovable(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Make a random shape immovable, or movable if it was."""
    draft = open_draft(level)
    bodies, chosen = bodies_of(draft), any_of(key, present_shapes(level, draft))
    inverse = inverse_mass_of(bodies, level.scene.density)
    moves = bodies.inverse_mass == 0
    mass, inertia = (
        jnp.where(chosen, jnp.where(moves, new, 0.0), old)
        for new, old in zip(inverse, (bodies.inverse_mass, bodies.inverse_inertia), strict=True)
    )
    changed = with_bodies(draft, bodies._replace(inverse_mass=mass, inverse_inertia=inertia))
    return finish(level, changed, jnp.any(chosen))


def change_size(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Give a random shape a new size. Anchors and thrusters on it keep their relative place; its chain follows."""
    draft = open_draft(level)
    choice, draw = jax.random.split(key)
    bodies, chosen = bodies_of(draft), any_of(choice, present_shapes(level, draft))
    scale = _scale(config, draw, bodies, chosen)
    scaled = bodies._replace(
        radius=bodies.radius * scale[0],
        corner_x=tuple(x * scale[0] for x in bodies.corner_x),
        corner_y=tuple(y * scale[1] for y in bodies.corner_y),
    )
    mass, inertia = inverse_mass_of(scaled, level.scene.density)
    movable = chosen & (bodies.inverse_mass != 0)
    scaled = scaled._replace(
        inverse_mass=jnp.where(movable, mass, bodies.inverse_mass),
        inverse_inertia=jnp.where(movable, inertia, bodies.inverse_inertia),
    )
    return finish(level, _refitted(draft, level, scaled, scale, chosen), jnp.any(chosen))


def _scale(config: Settings, key: PRNGKeyArray, bodies: BodyRow, chosen: Array) -> tuple[Array, Array]:
    """Factors of the chosen body's size along its own x and y, [body]; 1 for all others."""
    draws = named(ShapeDraws, jax.random.uniform(key, (len(ShapeDraws._fields),)))
    polygon, box = bodies.sides > 0, box_of(bodies)
    size = draw_size(config, draws, jnp.any(chosen & polygon), jnp.asarray(1.0))
    factors = []
    for axis, half in enumerate((size.half_x, size.half_y)):
        new, old = jnp.where(polygon, half, size.radius), box.high[axis] - box.low[axis]
        old = jnp.where(polygon, old / 2, bodies.radius)
        factors.append(jnp.where(chosen, new / jnp.where(chosen, old, 1.0), 1.0))
    return factors[0], factors[1]


def _refitted(draft: Draft, level: Level, bodies: BodyRow, scale: tuple[Array, Array], chosen: Array) -> Draft:
    """The draft with scaled bodies, the anchors and thrusters on them scaled as well, and the chain put together."""
    joints, thrusters = joints_of(draft), thrusters_of(draft)
    index = jnp.arange(len(chosen), dtype=jnp.float32)

    def on(body: Array, point: tuple[Array, Array]) -> tuple[Array, Array]:
        here = body[:, None] == index
        x, y = (jnp.sum(jnp.where(here, factor, 0.0), axis=1) for factor in scale)
        return point[0] * x, point[1] * y

    links = joints._replace(anchor_a=on(joints.body_a, joints.anchor_a), anchor_b=on(joints.body_b, joints.anchor_b))
    nozzles = thrusters._replace(position=on(thrusters.body, thrusters.position))
    scaled = with_joints(with_bodies(draft, bodies), links)._replace(thrusters=stacked(nozzles))
    return settle(scaled, level.scene.group, chosen)


def change_rotation(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Turn a random shape by up to 90 degrees counter-clockwise. Its chain follows; fixed joints hold the new angle."""
    draft = open_draft(level)
    choice, draw = jax.random.split(key)
    bodies, chosen = bodies_of(draft), any_of(choice, present_shapes(level, draft))
    turn = jax.random.uniform(draw) * _TURN
    joints, index = joints_of(draft), row_of(chosen)
    fixed = (joints.active > 0) & (joints.fixed > 0)
    twist = jnp.where(joints.body_b == index, turn, 0.0) - jnp.where(joints.body_a == index, turn, 0.0)
    links = joints._replace(rotation=joints.rotation + jnp.where(fixed, twist, 0.0))
    turned = bodies._replace(angle=bodies.angle + jnp.where(chosen, turn, 0.0))
    changed = settle(with_joints(with_bodies(draft, turned), links), level.scene.group, chosen)
    return finish(level, changed, jnp.any(chosen))


def change_position(key: PRNGKeyArray, level: Level, config: Settings) -> Level:
    """Move a random shape and all that is connected to it by up to 0.5 m in x and y, but not out of the world.

    What is connected to a wall stays where it is.
    """
    draft = open_draft(level)
    choice, draw = jax.random.split(key)
    bodies, group = bodies_of(draft), level.scene.group
    walls = (jnp.arange(len(group)) < level.capacity.static_polygons) & (bodies.active > 0)
    held = jnp.any((group[:, None] == group) & walls, axis=1)
    chosen = any_of(choice, present_shapes(level, draft) & ~held)
    chain = (group == jnp.sum(jnp.where(chosen, group, 0))) & present_shapes(level, draft)
    step = jax.random.uniform(draw, (2,), minval=-_STEP, maxval=_STEP)
    low, high = _reach(bodies)
    moved = []
    for axis, (place, least) in enumerate(((bodies.x, 0.0), (bodies.y, FLOOR_TOP))):
        back = least - jnp.min(jnp.where(chain, low[axis], jnp.inf))
        forth = WORLD_SIZE - jnp.max(jnp.where(chain, high[axis], -jnp.inf))
        change = jnp.where(back <= forth, jnp.clip(step[axis], back, forth), 0.0)  # 0 if it fits nowhere
        moved.append(jnp.where(chain, place + change, place))
    changed = with_bodies(draft, bodies._replace(x=moved[0], y=moved[1]))
    return finish(level, changed, jnp.any(chosen))


def _reach(bodies: BodyRow) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Least and greatest x and y (m) of each body in the world."""
    cos, sin = jnp.cos(bodies.angle), jnp.sin(bodies.angle)
    low, high = (
        [bodies.x - bodies.radius, bodies.y - bodies.radius],
        [bodies.x + bodies.radius, bodies.y + bodies.radius],
    )
    for k in range(len(bodies.corner_x)):
        x, y = bodies.corner_x[k], bodies.corner_y[k]
        for axis, offset in enumerate((cos * x - sin * y, sin * x + cos * y)):
            at = (bodies.x, bodies.y)[axis] + jnp.where(bodies.sides > k, offset, 0.0)
            low[axis], high[axis] = jnp.minimum(low[axis], at), jnp.maximum(high[axis], at)
    return (low[0], low[1]), (high[0], high[1])
