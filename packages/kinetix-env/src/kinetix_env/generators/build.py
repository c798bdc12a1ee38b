"""The random generator itself: levels without the filter, slot after slot, for many lanes at once.

One green and one blue shape come first, never both immovable; then something to act with, a connected shape with a
motor, a thruster or both (a third each; without the motor, a free shape); then every further slot is filled with a
connected shape, a free one or nothing. Each is the best of several proposals: the one that overlaps least. Bodies,
joints and thrusters take their slots in random order.

The loop over the slots has one body for free and connected shapes alike, for in a batch both would be computed
anyway."""

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from jax2d import Capacity
from jax2d.boundary import FLOOR

from ..level.level import Role, empty_level
from .draft import BodyRow, Draft, draft_of, rows, stacked
from .draws import ShapeDraws, ThrusterDraws, named
from .lanes import pick, row_of, rows_from
from .overlap import overlaps
from .propose import Proposal, Wanted, insert, propose
from .settings import Settings
from .thrusters import draw_thruster

__all__ = ["build_drafts", "proposals_of"]

_FORCED = 3  # slots that are always filled: green, blue, and something to act with


class Plan(NamedTuple):
    """The kind of shape in each slot, drawn in advance. Fields [slot, lane], bool."""

    filled: Array  # a shape is added
    connected: Array  # it is connected to another body
    revolute: Array  # its joint must be revolute
    movable: Array  # it must be movable


class Order(NamedTuple):
    """The place of each row in the random order in which the rows of its kind are used. Fields [row, lane]."""

    polygons: Array  # those that may move
    circles: Array
    joints: Array
    thrusters: Array


def proposals_of(settings: Settings, capacity: Capacity) -> int:
    """The number of shapes proposed per slot."""
    if settings.proposals is not None:
        return settings.proposals
    return 1 if capacity.bodies <= settings.small else 8


def build_drafts(settings: Settings, capacity: Capacity, keys: Array) -> Draft:
    """One level for each of some keys [lane], as tables [field, row, lane]."""
    slots = max(capacity.movable, _FORCED)
    numbers = _uniform(
        keys,
        shapes=(slots, len(ShapeDraws._fields), proposals_of(settings, capacity)),
        thrusters=(len(ThrusterDraws._fields), capacity.thrusters),
        order=(capacity.movable + capacity.joints + capacity.thrusters,),
        plan=(slots,),
        once=(4,),
    )
    floor, green_first, control, swap = numbers["once"]
    order = _order(capacity, numbers["order"])
    draft = _start(settings, capacity, floor)
    plan, thruster_wanted = _plan(settings, capacity, draft, green_first, control, numbers["plan"])
    add = partial(_fill_slot, settings, capacity, order)
    draft, first = lax.scan(add, draft, (plan, numbers["shapes"]))
    draws = named(ThrusterDraws, numbers["thrusters"])
    draft = _with_thrusters(settings, order, draft, draws, jnp.any(first[:_FORCED], axis=0), thruster_wanted)
    return _swapped(settings, draft, swap)


def _uniform(keys: Array, **shapes: tuple[int, ...]) -> dict[str, Array]:
    """Blocks of numbers in [0, 1), [*shape, lane], all from one draw per key."""
    sizes = [math.prod(shape) for shape in shapes.values()]
    numbers = jax.vmap(lambda key: jax.random.uniform(key, (sum(sizes),)))(keys).T
    blocks, start = {}, 0
    for (name, shape), size in zip(shapes.items(), sizes, strict=True):
        blocks[name] = numbers[start : start + size].reshape(*shape, len(keys))
        start += size
    return blocks


def _order(capacity: Capacity, numbers: Array) -> Order:
    """Random orders of the rows, from a number for each row."""
    fields, start = [], 0
    for count in (capacity.movable_polygons, capacity.circles, capacity.joints, capacity.thrusters):
        mine = numbers[start : start + count]
        earlier = (jnp.arange(count)[:, None] < jnp.arange(count)[None])[..., None]  # breaks ties
        before = (mine[:, None] < mine[None]) | ((mine[:, None] == mine[None]) & earlier)
        fields.append(jnp.sum(before, axis=0, dtype=jnp.int32))
        start += count
    return Order(*fields)


def _start(settings: Settings, capacity: Capacity, number: Array) -> Draft:
    """Empty levels in which the floor may have a role."""
    empty = draft_of(empty_level(capacity))
    draft: Draft = jax.tree.map(lambda x: jnp.broadcast_to(x[..., None], (*x.shape, len(number))), empty)
    coloured = (settings.floor_green, settings.floor_blue, settings.floor_red)
    weights = jnp.stack([jnp.maximum(1.0 - sum(coloured), 0.0), *(jnp.asarray(chance) for chance in coloured)])
    role = row_of(pick(jnp.broadcast_to(weights[:, None], (4, len(number))), number))
    bodies = rows(BodyRow, draft.bodies)
    floor = ~rows_from(FLOOR + 1, bodies.role)
    return draft._replace(bodies=stacked(bodies._replace(role=jnp.where(floor, role, bodies.role))))


def _plan(
    settings: Settings, capacity: Capacity, draft: Draft, green_first: Array, control: Array, numbers: Array
) -> tuple[Plan, Array]:
    """The plan of the slots, and whether a thruster is required, [lane]."""
    motor, thruster = control >= 1 / 3, control < 2 / 3
    later = numbers[_FORCED:]
    no, yes = jnp.zeros_like(motor), jnp.ones_like(motor)
    free, rest = settings.connected_chance + settings.free_chance, jnp.zeros_like(later, bool)
    movable = (green_first < 0.5) | (rows(BodyRow, draft.bodies).role[FLOOR] == float(Role.BLUE))
    plan = Plan(
        filled=jnp.concatenate([jnp.stack([yes, yes, yes]), later < free]),
        connected=jnp.concatenate([jnp.stack([no, no, motor]), later < settings.connected_chance]),
        revolute=jnp.concatenate([jnp.stack([no, no, yes]), rest]),
        movable=jnp.concatenate([jnp.stack([movable, ~movable, no]), rest]) | (capacity.bodies <= settings.small),
    )
    return plan, thruster


def _fill_slot(
    settings: Settings, capacity: Capacity, order: Order, draft: Draft, given: tuple[Plan, Array]
) -> tuple[Draft, Array]:
    """Fill one slot; the draft, and which body is new [body, lane]."""
    plan, draws = given[0], named(ShapeDraws, given[1])
    wanted = Wanted(*(field[None] for field in (plan.connected, plan.revolute, plan.movable)))
    shown: Draft = jax.tree.map(lambda x: x[..., None, :], draft)  # one more axis, for the proposals
    proposals = propose(settings, capacity, shown, draws, wanted)
    best = _best(settings, capacity, draft, proposals)
    best = best._replace(possible=best.possible & plan.filled)
    body, joint = _next_rows(capacity, order, draft, best.polygon)
    return insert(draft, best, body, joint), body & best.possible


def _best(settings: Settings, capacity: Capacity, draft: Draft, proposals: Proposal) -> Proposal:
    """The first of the proposals that overlap least; fields [proposal, lane] to [lane]."""
    if len(proposals.polygon) == 1:
        return jax.tree.map(lambda x: x[0], proposals)
    cost = overlaps(capacity, draft, proposals).astype(jnp.float32)
    hidden = proposals.connected & (proposals.hidden | ~proposals.possible)
    index = jnp.argmin(cost + jnp.where(hidden, settings.hidden_penalty, 0.0), axis=0)
    chosen = jnp.arange(len(cost))[:, None] == index
    leaves, structure = jax.tree.flatten(proposals)
    table = jnp.stack([jnp.broadcast_to(leaf, cost.shape).astype(jnp.float32) for leaf in leaves])
    values = jnp.sum(jnp.where(chosen, table, 0.0), axis=1)
    return jax.tree.unflatten(structure, [values[k].astype(leaf.dtype) for k, leaf in enumerate(leaves)])


def _next_rows(capacity: Capacity, order: Order, draft: Draft, polygon: Array) -> tuple[Array, Array]:
    """Masks of the rows that a new body, polygon or circle, and its joint take."""
    static, polygons = capacity.static_polygons, capacity.polygons
    active, joints = draft.bodies[0], draft.joints[0]

    def following(used: Array, places: Array) -> Array:
        return places == jnp.sum(used, axis=0).astype(jnp.int32)

    body = [
        jnp.zeros_like(active[:static], bool),
        following(active[static:polygons], order.polygons) & polygon,
        following(active[polygons:], order.circles) & ~polygon,
    ]
    return jnp.concatenate(body), following(joints, order.joints)


def _with_thrusters(
    settings: Settings, order: Order, draft: Draft, draws: ThrusterDraws, early: Array, wanted: Array
) -> Draft:
    """The draft with its thrusters, all drawn at once; `early` [body, lane] marks the bodies the first may sit on."""
    first = (jnp.arange(len(draws.exists)) == 0)[:, None]
    shown: Draft = jax.tree.map(lambda x: x[..., None, :], draft)
    among = early[:, None] | ~first
    row, possible = draw_thruster(settings, shown, draws, among)
    exists = possible & jnp.where(first, wanted, draws.exists < settings.thruster_chance)
    place = jnp.cumsum(exists.astype(jnp.int32), axis=0) - 1
    here = (order.thrusters[:, None] == place) & exists  # [row, thruster, lane]
    table = jnp.sum(jnp.where(here, stacked(row)[:, None], 0.0), axis=2)
    return draft._replace(thrusters=table)


def _swapped(settings: Settings, draft: Draft, number: Array) -> Draft:
    """The draft with green and blue exchanged in some lanes, so that neither side is special."""
    bodies = rows(BodyRow, draft.bodies)
    role = bodies.role
    swap = (number < settings.swap_chance) & (role[FLOOR] == float(Role.NONE))
    goal = (role == float(Role.GREEN)) | (role == float(Role.BLUE))
    role = jnp.where(swap & goal, float(Role.GREEN + Role.BLUE) - role, role)
    return draft._replace(bodies=stacked(bodies._replace(role=role)))
