"""One new shape, free or connected, drawn for a level as it is so far.

Free shapes are placed anywhere inside the world, green and blue ones sometimes each in their own half. Connected ones
are placed so that the joint's two points coincide."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from jax2d import Capacity
from jax2d.boundary import FLOOR_TOP, WORLD_SIZE

from ..level.level import Role
from .connect import choose_target, draw_link
from .draft import BodyRow, Draft, JointRow, put, rows
from .draws import ShapeDraws
from .lanes import pick, row_of
from .settings import Settings
from .shapes import Form, Size, draw_size, form_of

__all__ = ["Proposal", "Wanted", "insert", "propose"]


class Wanted(NamedTuple):
    """The required properties of a new shape. Fields [*rest], bool."""

    connected: Array
    revolute: Array  # a connected one must be able to turn
    movable: Array  # a free one must not be immovable


class Proposal(NamedTuple):
    """A shape that may be added to a level. Fields [*rest]."""

    possible: Array  # bool; the level stays as it is otherwise
    polygon: Array  # bool
    connected: Array  # bool
    hidden: Array  # bool, see `kinetix_env.generators.connect`
    target_first: Array  # bool, whether the new body is body b of its joint
    body: BodyRow
    joint: JointRow  # means nothing for a free shape; the new body's index is missing


def propose(settings: Settings, capacity: Capacity, draft: Draft, draws: ShapeDraws, wanted: Wanted) -> Proposal:
    """Draw a shape for a level. The rest of the draft's axes are those of the draws, or 1 where they have more."""
    active = draft.bodies[0] > 0
    room = (~jnp.all(active[: capacity.polygons], axis=0), ~jnp.all(active[capacity.polygons :], axis=0))
    target = choose_target(settings, capacity, draft, draws, room)
    joined = wanted.connected
    polygon = room[0] & (~room[1] | (draws.kind < 0.5) | (joined & ~target.polygon))
    role = _draw_role(settings, draft, jnp.where(joined, target.body.role, 0.0), draws.role)
    goal = ((role == float(Role.GREEN)) | (role == float(Role.BLUE))) & ~joined
    size = draw_size(settings, draws, polygon, jnp.where(goal, settings.goal_size, 1.0))
    form = form_of(settings, draws, polygon, size, capacity.vertices)
    angle = draws.angle * (2 * np.pi)
    link = draw_link(settings, draft, target, form, angle, draws, wanted.revolute)
    immovable = ~joined & ~wanted.movable & (draws.immovable < _immovable_chance(settings, form))
    free_x, free_y = _free_place(settings, draws, role, size, immovable)
    joint_x, joint_y = _turned(link.targets, target.body.angle)
    own_x, own_y = _turned(link.own, angle)
    moves = jnp.where(immovable, 0.0, 1.0)
    body = form.corners._replace(
        active=jnp.ones_like(angle),
        x=jnp.where(joined, target.body.x + joint_x - own_x, free_x),
        y=jnp.where(joined, target.body.y + joint_y - own_y, free_y),
        angle=angle,
        role=role,
        inverse_mass=moves * form.corners.inverse_mass,
        inverse_inertia=moves * form.corners.inverse_inertia,
    )
    return Proposal(
        possible=jnp.where(joined, target.possible, room[0] | room[1]),
        polygon=polygon,
        connected=joined,
        hidden=link.hidden,
        target_first=link.target_first,
        body=body,
        joint=link.joint,
    )


def insert(draft: Draft, proposal: Proposal, body: Array, joint: Array) -> Draft:
    """The draft with a shape in the row that a mask marks, and its joint, if it has one, in another.

    Nothing changes where the proposal is not possible. Masks are [row, *rest].
    """
    body, joint = body & proposal.possible, joint & proposal.possible & proposal.connected
    index, first = row_of(body), proposal.target_first
    row = proposal.joint
    row = row._replace(
        body_a=jnp.where(first, row.body_a, index),
        body_b=jnp.where(first, index, row.body_b),
    )
    return draft._replace(bodies=put(draft.bodies, body, proposal.body), joints=put(draft.joints, joint, row))


def _turned(point: tuple[Array, Array], angle: Array) -> tuple[Array, Array]:
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    return cos * point[0] - sin * point[1], sin * point[0] + cos * point[1]


def _draw_role(settings: Settings, draft: Draft, joined_to: Array, number: Array) -> Array:
    """First one green and one blue shape, then none or, once, red. Never green next to blue, nor red next to either."""
    bodies = rows(BodyRow, draft.bodies)
    green, blue, red = (
        jnp.any((bodies.role == float(role)) & (bodies.active > 0), axis=0)
        for role in (Role.GREEN, Role.BLUE, Role.RED)
    )
    further = green & blue
    shape = jnp.broadcast_shapes(number.shape, joined_to.shape, green.shape)
    weights = [
        further,
        ~green & (joined_to != float(Role.BLUE)) & (joined_to != float(Role.RED)),
        ~blue & (joined_to != float(Role.GREEN)) & (joined_to != float(Role.RED)),
        further & ~red & (joined_to != float(Role.GREEN)) & (joined_to != float(Role.BLUE)),
    ]
    numbers = [jnp.broadcast_to(weight.astype(jnp.float32), shape) for weight in weights]
    return row_of(pick(jnp.stack([*numbers[:3], numbers[3] * settings.red_weight]), number))


def _immovable_chance(settings: Settings, form: Form) -> Array:
    """Larger shapes are immovable more often."""
    return jnp.minimum(settings.immovable_least + settings.immovable_per_mass * form.mass, settings.immovable_most)


def _free_place(
    settings: Settings, draws: ShapeDraws, role: Array, size: Size, immovable: Array
) -> tuple[Array, Array]:
    """The centre of a free shape, m: all of it inside the world."""
    margin = jnp.maximum(np.sqrt(2).item() * jnp.maximum(size.half_x, size.half_y), size.radius)
    halves = draws.opposite < settings.opposite_sides_chance
    low_x = margin + jnp.where(halves & (role == float(Role.BLUE)), WORLD_SIZE / 2, 0.0)
    high_x = WORLD_SIZE - margin - jnp.where(halves & (role == float(Role.GREEN)), WORLD_SIZE / 2, 0.0)
    low_y, high_y = FLOOR_TOP + margin, WORLD_SIZE - margin
    x = low_x + draws.place_x * (high_x - low_x)
    y = low_y + draws.place_y * (high_y - low_y)
    chance = settings.immovable_low_chance + jnp.where(
        role != float(Role.NONE), settings.immovable_low_chance_role, 0.0
    )
    lowered = immovable & (draws.low < chance) & (y >= WORLD_SIZE / 2)
    return x, jnp.where(lowered, y - WORLD_SIZE / 2, y)
