"""One pass over all contacts, in Gauss-Seidel order: each contact is solved with the velocities that the
contacts before it left behind.

A contact wants the relative velocity v along its normal to reach the target and along its tangent to
vanish, with accumulated impulses P_n >= 0 and |P_t| <= mu P_n:
  P_n' = max(P_n + m_n (target - v_n), 0)        P_t' = clip(P_t - m_t v_t, -mu P_n', mu P_n')
where v_t already contains what P_n' - P_n changed (E. Catto, "Iterative dynamics with temporal coherence",
GDC 2005).

The first pass of a step replays the impulses of the step before (warm starting): with `replay` 0 the
impulse stays what it was and is applied in full; with 1 only its change is.

Pairs come in tournament rounds (see `jax2d.slots`). In a round the rows of the first bodies line up with
the rows of the second ones, so a round is one elementwise operation; between rounds the rows rotate."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from ..slots import PairTable
from .bodies import Velocity
from .detect import ConstraintPoint, ContactConstraint, DetectedContacts, Impulses
from .lowering import materialise
from .rows import join

__all__ = ["PairContacts", "among", "between", "split", "with_static"]

Both = tuple[Velocity, Velocity]  # the first and the second bodies of pairs


class PairContacts(NamedTuple):
    """The constraints of one class of pairs, cut into rounds: [round, row, lane] in every field."""

    constraint: ContactConstraint
    points: tuple[ConstraintPoint, ...]
    static_constraint: ContactConstraint
    static_points: tuple[ConstraintPoint, ...]


def split(found: DetectedContacts, table: PairTable, movable: int) -> tuple[PairContacts, Impulses, Impulses]:
    """Cut detected contacts into tournament rounds, and rounds with one static polygon each."""

    def rounds(field: Array) -> Array:
        return field[: table.tournament].reshape(table.rounds, table.width, field.shape[-1])

    def static(field: Array) -> Array:
        rest = field[table.tournament :]
        return rest.reshape(len(rest) // max(movable, 1), movable, field.shape[-1])

    movers, walls = ((found.constraint, found.points), rounds), ((found.constraint, found.points), static)
    (constraint, points), (static_constraint, static_points) = (
        jax.tree.map(cut, tree) for tree, cut in (movers, walls)
    )
    impulses, static_impulses = (jax.tree.map(cut, found.impulses) for cut in (rounds, static))
    return PairContacts(constraint, points, static_constraint, static_points), impulses, static_impulses


def _solve(
    a: Velocity,
    b: Velocity,
    constraint: ContactConstraint,
    point: ConstraintPoint,
    before: tuple[Array, Array],
    replay: Array,
) -> tuple[Velocity, Velocity, tuple[Array, Array]]:
    """Solve one point of pairs in which both bodies may move: the new velocities, and the accumulated impulses."""
    normal0, tangent0 = before
    dx, dy = b.x - a.x, b.y - a.y
    along = constraint.normal_x * dx + constraint.normal_y * dy + point.arm_b * b.angular - point.arm_a * a.angular
    across = constraint.normal_y * dx - constraint.normal_x * dy + point.turn_b * b.angular - point.turn_a * a.angular
    normal, tangent, push, drag = _impulse(constraint, point, normal0, tangent0, along, across, replay)
    x, y = (
        constraint.normal_x * push + constraint.normal_y * drag,
        constraint.normal_y * push - constraint.normal_x * drag,
    )
    a = Velocity(
        a.x - constraint.inverse_mass_a * x,
        a.y - constraint.inverse_mass_a * y,
        a.angular - constraint.inverse_inertia_a * (point.arm_a * push + point.turn_a * drag),
    )
    b = _push(b, constraint, point, push, drag)
    a, b = materialise((a, b))
    return a, b, (normal, tangent)


def _solve_static(
    b: Velocity, constraint: ContactConstraint, point: ConstraintPoint, before: tuple[Array, Array], replay: Array
) -> tuple[Velocity, tuple[Array, Array]]:
    """Solve one point of pairs whose first body is static."""
    along = constraint.normal_x * b.x + constraint.normal_y * b.y + point.arm_b * b.angular
    across = constraint.normal_y * b.x - constraint.normal_x * b.y + point.turn_b * b.angular
    normal, tangent, push, drag = _impulse(constraint, point, *before, along, across, replay)
    return materialise(_push(b, constraint, point, push, drag)), (normal, tangent)


def _impulse(
    constraint: ContactConstraint,
    point: ConstraintPoint,
    normal0: Array,
    tangent0: Array,
    along: Array,
    across: Array,
    replay: Array,
) -> tuple[Array, Array, Array, Array]:
    """Accumulated impulses along the normal and the tangent, and what of them is new."""
    normal = materialise(jnp.maximum(normal0 + replay * point.normal_mass * (point.target - along), 0.0))
    push = normal - replay * normal0
    limit = constraint.friction * normal
    wanted = tangent0 - replay * point.tangent_mass * (across + point.coupling * push)
    tangent = materialise(jnp.clip(wanted, -limit, limit))
    return normal, tangent, push, tangent - replay * tangent0


def _push(b: Velocity, constraint: ContactConstraint, point: ConstraintPoint, push: Array, drag: Array) -> Velocity:
    return Velocity(
        b.x + constraint.inverse_mass_b * (constraint.normal_x * push + constraint.normal_y * drag),
        b.y + constraint.inverse_mass_b * (constraint.normal_y * push - constraint.normal_x * drag),
        b.angular + constraint.inverse_inertia_b * (point.arm_b * push + point.turn_b * drag),
    )


def _solve_points(
    a: Velocity,
    b: Velocity,
    constraint: ContactConstraint,
    points: tuple[ConstraintPoint, ...],
    before: Impulses,
    replay: Array,
) -> tuple[Velocity, Velocity, Impulses]:
    after = []
    for point, impulse in zip(points, before, strict=True):
        a, b, impulse = _solve(a, b, constraint, point, impulse, replay)
        after.append(impulse)
    return a, b, tuple(after)


def _join(*parts: Velocity) -> Velocity:
    return Velocity(*(join(*fields) for fields in zip(*parts, strict=True)))


def _rounds(
    step: Callable[[Both, ContactConstraint, tuple[ConstraintPoint, ...], Impulses], tuple[Both, Impulses]],
    bodies: Both,
    kind: PairContacts,
    before: Impulses,
) -> tuple[Both, Impulses]:
    """Scan over tournament rounds."""
    return lax.scan(lambda carry, xs: step(carry, *xs), bodies, (kind.constraint, kind.points, before))


def among(movers: Velocity, kind: PairContacts, before: Impulses, replay: Array) -> tuple[Velocity, Impulses]:
    """Contacts within one kind of body, by the circle method."""
    count = movers.x.shape[0]
    if kind.constraint.normal_x.shape[0] == 0:
        return movers, before
    if count % 2:
        idle = jnp.zeros_like(movers.x[:1])
        movers = _join(movers, Velocity(idle, idle, idle))
    half = (count + 1) // 2
    upper, lower = movers.rows(0, half), Velocity(*(field[half:][::-1] for field in movers))

    def step(
        carry: Both, constraint: ContactConstraint, points: tuple[ConstraintPoint, ...], impulses: Impulses
    ) -> tuple[Both, Impulses]:
        a, b, impulses = _solve_points(*carry, constraint, points, impulses, replay)
        if half > 1:
            a, b = _join(a.rows(0, 1), b.rows(0, 1), a.rows(1, -1)), _join(b.rows(1, None), a.rows(-1, None))
        return (a, b), impulses

    (upper, lower), after = _rounds(step, (upper, lower), kind, before)
    movers = Velocity(*(join(u, v[::-1])[:count] for u, v in zip(upper, lower, strict=True)))
    return movers, after


def between(
    polygons: Velocity, circles: Velocity, kind: PairContacts, before: Impulses, replay: Array
) -> tuple[Velocity, Velocity, Impulses]:
    """Contacts between movable polygons and circles: the larger kind rotates past the smaller one."""
    if kind.constraint.normal_x.shape[0] == 0:
        return polygons, circles, before
    rotate_circles = polygons.x.shape[0] <= circles.x.shape[0]
    width = min(polygons.x.shape[0], circles.x.shape[0])

    def step(
        carry: Both, constraint: ContactConstraint, points: tuple[ConstraintPoint, ...], impulses: Impulses
    ) -> tuple[Both, Impulses]:
        stay, turn = carry
        front, rest = turn.rows(0, width), turn.rows(width, None)
        if rotate_circles:
            stay, front, impulses = _solve_points(stay, front, constraint, points, impulses, replay)
        else:
            front, stay, impulses = _solve_points(front, stay, constraint, points, impulses, replay)
        return (stay, _join(front.rows(1, None), rest, front.rows(0, 1))), impulses

    pair = (polygons, circles) if rotate_circles else (circles, polygons)
    pair, after = _rounds(step, pair, kind, before)
    return (*pair, after) if rotate_circles else (pair[1], pair[0], after)


def with_static(movers: Velocity, kind: PairContacts, before: Impulses, replay: Array) -> tuple[Velocity, Impulses]:
    """Contacts of one kind of body with the static polygons, one static polygon after another."""
    if kind.static_constraint.normal_x.size == 0:
        return movers, before

    def step(
        b: Velocity, xs: tuple[ContactConstraint, tuple[ConstraintPoint, ...], Impulses]
    ) -> tuple[Velocity, Impulses]:
        constraint, points, impulses = xs
        after = []
        for point, impulse in zip(points, impulses, strict=True):
            b, impulse = _solve_static(b, constraint, point, impulse, replay)
            after.append(impulse)
        return b, tuple(after)

    return lax.scan(step, movers, (kind.static_constraint, kind.static_points, before))
