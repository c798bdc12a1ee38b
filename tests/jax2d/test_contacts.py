"""The fields of `Contacts`, and the collision filter: joints, ghosts, immovable bodies."""

import itertools
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Contacts, Engine, PhysicsParams
from tests.jax2d.law_scenes import swarm_in_arena
from tests.jax2d.mechanics import inertias, masses
from tests.jax2d.simulate import CAPACITY, DT, Trajectory, case, room, simulate, stack, void

SEEDS = range(8)
STEPS = 120


@cache
def swarms() -> list[Trajectory]:
    return simulate([case(swarm_in_arena(seed)) for seed in SEEDS], STEPS)


@pytest.mark.parametrize("seed", SEEDS)
def test_contact_impulses_account_for_the_change_of_momentum(seed: int) -> None:
    """m (v' - v - g dt) and I (omega' - omega) are the sums of all impulses: +P on b, -P on a, at the point.

    P = P_n n + P_t t with t the normal turned clockwise. So points, normals, signs and impulses are all right.
    """
    run = swarms()[seed]
    contacts, slots = run.contacts, run.contacts.slots
    normal = np.asarray(contacts.normal, np.float64)
    tangent = np.stack([normal[..., 1], -normal[..., 0]], axis=-1)
    impulse = contacts.normal_impulse[..., None] * normal + contacts.tangent_impulse[..., None] * tangent
    linear, angular = np.zeros((STEPS, CAPACITY.bodies, 2)), np.zeros((STEPS, CAPACITY.bodies))
    for sign, bodies in ((-1, slots.body_a), (1, slots.body_b)):
        arm = contacts.point - run.state.position[:-1, bodies]
        torque = arm[..., 0] * impulse[..., 1] - arm[..., 1] * impulse[..., 0]
        for slot, body in enumerate(bodies):
            linear[:, body] += sign * impulse[:, slot]
            angular[:, body] += sign * torque[:, slot]
    mass, inertia = masses(run), inertias(run)
    moves = mass > 0
    velocity, spin = np.asarray(run.state.velocity, np.float64), np.asarray(run.state.angular_velocity, np.float64)
    gained = (np.diff(velocity, axis=0) - run.scene.gravity * DT) * mass[:, None]
    # N s and N m s; velocities of up to 9 m/s and spins of up to 30 rad/s are rounded in each of 11 passes
    assert linear[:, moves] == pytest.approx(gained[:, moves], abs=1e-5)
    free = moves & (np.abs(spin[1:]) < PhysicsParams().max_angular_velocity)  # nothing clipped its spin
    assert free.sum() > 0.98 * moves.sum() * STEPS
    assert angular[free] == pytest.approx((np.diff(spin, axis=0) * inertia)[free], abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_contact_fields_satisfy_their_invariants(seed: int) -> None:
    run = swarms()[seed]
    contacts, slots = run.contacts, run.contacts.slots
    active = np.asarray(contacts.active)
    assert active.any()
    for field in (contacts.point, contacts.normal, contacts.depth, contacts.normal_impulse, contacts.tangent_impulse):
        assert not field[~active].any()  # rows that are not active are zero
    assert np.linalg.norm(contacts.normal[active], axis=-1) == pytest.approx(1, abs=3e-6)
    assert (contacts.depth[active] >= 0).all()
    assert (contacts.normal_impulse >= 0).all()
    friction = 0.4 * np.hypot(*(run.scene.friction[bodies] for bodies in (slots.body_a, slots.body_b)))
    assert (np.abs(contacts.tangent_impulse) <= friction * contacts.normal_impulse * (1 + 1e-6)).all()
    # Half the least width of these bodies is 7 cm: where they overlap by less, the normal points from centre to
    # centre, for the centre of each lies behind the face that they meet at.
    shallow = active & (contacts.depth < 0.07)
    between = run.state.position[:-1, slots.body_b] - run.state.position[:-1, slots.body_a]
    assert ((between * contacts.normal).sum(axis=-1)[shallow] > 0).all()


def test_contact_impulses_balance_weight_at_rest() -> None:
    """A box, a circle and a box on a box: the normal impulses on the floor are m g dt, up and without friction."""
    builder = room()
    box = builder.box((1.0, 0.545), width=0.4, height=0.3)
    circle = builder.circle((2.0, 0.545), radius=0.15, density=2.0)
    lower = builder.box((3.0, 0.545), width=0.4, height=0.3)
    upper = builder.box((3.0, 0.84), width=0.3, height=0.3, density=0.5)
    (run,) = simulate([case(builder)], 300)
    last = jax.tree.map(lambda field: field[-1], run.contacts)
    weight = masses(run) * 9.81 * DT
    for body, below, carried in (
        (box, builder.FLOOR, weight[box]),
        (circle, builder.FLOOR, weight[circle]),
        (lower, builder.FLOOR, weight[lower] + weight[upper]),
        (upper, lower, weight[upper]),
    ):
        rows = np.flatnonzero((slot_pairs(last) == sorted((below, body))).all(axis=-1) & last.active)
        assert len(rows) == (1 if body == circle else 2)
        # the solver leaves the residual of the last iteration; seen: 3e-5
        assert last.normal_impulse[rows].sum() == pytest.approx(carried, rel=1e-3)
        assert abs(last.tangent_impulse[rows].sum()) < 1e-3 * carried  # two points may pull against each other
        up = 1 if last.slots.body_b[rows[0]] == body else -1
        assert last.normal[rows] == pytest.approx(np.tile([0, up], (len(rows), 1)), abs=1e-4)
        # the slop of 1 cm is left alone, and gravity moves by 9.81 dt^2 = 2.7 mm in a step
        assert ((last.depth[rows] > 0) & (last.depth[rows] < 0.013)).all()
        assert last.touching[below, body] and last.touching[body, below]
    touching = np.asarray(last.touching)
    assert (touching == touching.T).all()
    assert touching.sum() == 8


def slot_pairs(contacts: Contacts) -> np.ndarray:
    """The two bodies of every row, the lower index first."""
    return np.sort(np.stack([contacts.slots.body_a, contacts.slots.body_b], axis=-1), axis=-1)


def test_overlapping_finds_the_contacts_of_a_step() -> None:
    """The narrow phase looks at poses only, so it finds the same, bit for bit, and has no impulses."""
    cases = [case(swarm_in_arena(seed)) for seed in SEEDS]
    scene = stack([entry.scene for entry in cases])
    engine = Engine(CAPACITY)
    find = jax.jit(jax.vmap(engine.overlapping))
    for time in (0, 40, STEPS - 1):
        state = stack([jax.tree.map(lambda field, time=time: jnp.asarray(field[time]), run.state) for run in swarms()])
        found = find(scene, state)
        stepped = stack([jax.tree.map(lambda field, time=time: field[time], run.contacts) for run in swarms()])
        for name in ("active", "point", "normal", "depth"):
            assert (getattr(found, name) == getattr(stepped, name)).all(), name
        assert not found.normal_impulse.any()
        assert not found.tangent_impulse.any()


@cache
def meetings() -> dict[str, tuple[Trajectory, list[int]]]:
    """Runs of overlapping bodies, with and without a filter between them, by name."""
    scenes = {}

    def overlapping_boxes(count: int, **options: bool) -> tuple[object, list[int]]:
        builder = void()
        return builder, [builder.box((0.2 * k, 0.0), width=0.3, height=0.3, **options) for k in range(count)]

    scenes["strangers"] = overlapping_boxes(2)
    builder, boxes = overlapping_boxes(4)
    for a, b in itertools.pairwise(boxes):
        builder.revolute(a, b, anchor=(0.1, 0.0))
    scenes["chain"] = builder, boxes
    builder, boxes = overlapping_boxes(3)
    builder.fixed(boxes[0], boxes[1], anchor=(0.1, 0.0))
    scenes["pair and stranger"] = builder, boxes
    scenes["ghosts"] = overlapping_boxes(2, ghost=True)
    builder, boxes = overlapping_boxes(6, immovable=True)  # two more than there are static slots
    scenes["immovable"] = builder, boxes[-2:]
    runs = simulate([case(builder) for builder, _ in scenes.values()], 30)
    return {name: (run, bodies) for (name, (_, bodies)), run in zip(scenes.items(), runs, strict=True)}


def distance_moved(run: Trajectory, body: int) -> float:
    return float(np.linalg.norm(run.state.position[-1, body] - run.state.position[0, body]))


def test_unconnected_bodies_separate() -> None:
    run, (a, b) = meetings()["strangers"]
    assert distance_moved(run, a) > 0.03 and distance_moved(run, b) > 0.03


def test_coincident_bodies_separate() -> None:
    """Where the centres, or a centre and an edge, coincide, any direction is right, but there must be one: otherwise
    the contact could not act, and its impulse would grow until it does."""
    builders = [void() for _ in range(4)]
    pairs = [
        (builders[0].circle((1.0, 1.0), radius=0.2), builders[0].circle((1.0, 1.0), radius=0.3)),
        (builders[1].box((0.0, 0.0), width=1.0, height=1.0), builders[1].circle((0.5, 0.0), radius=0.2)),
        (builders[2].box((0.0, 0.0), width=1.0, height=1.0), builders[2].circle((0.0, 0.0), radius=0.2)),
        (builders[3].box((0.0, 0.0), width=1.0, height=1.0), builders[3].box((0.0, 0.0), width=1.0, height=1.0)),
    ]
    for run, (a, b) in zip(simulate([case(builder) for builder in builders], 60), pairs, strict=True):
        assert run.contacts.active[0].any()
        assert np.linalg.norm(run.contacts.normal[run.contacts.active], axis=-1) == pytest.approx(1, abs=3e-6)
        assert np.linalg.norm(run.state.position[-1, b] - run.state.position[-1, a]) > 0.15


@pytest.mark.parametrize("name", ["chain", "ghosts", "immovable"])
def test_filtered_pairs_overlap_without_impulses(name: str) -> None:
    """Those that joints connect in a chain, ghosts, and immovable ones: nothing moves, no impulse anywhere."""
    run, bodies = meetings()[name]
    assert not run.contacts.normal_impulse.any()
    # joints and rounding of anchors aside nothing acts; seen: 1e-8 m
    assert max(distance_moved(run, body) for body in bodies) < 1e-6


def test_overlap_without_impulse_is_a_contact_except_for_ghosts() -> None:
    for name, expected in (("chain", True), ("immovable", True), ("ghosts", False)):
        run, bodies = meetings()[name]
        assert run.contacts.touching[:, bodies[0], bodies[1]].all() == expected


def test_joints_disable_contacts_between_their_own_bodies_only() -> None:
    run, (a, b, c) = meetings()["pair and stranger"]
    slots = slot_pairs(run.contacts)

    def pushes(first: int, second: int) -> bool:
        return bool(run.contacts.normal_impulse[:, (slots == (first, second)).all(axis=-1)].any())

    assert not pushes(a, b)
    assert pushes(b, c)


def test_ghosts_collide_with_walls_only() -> None:
    builder = room()
    shelf = builder.box((1.0, 1.0), width=1.0, height=0.2, immovable=True)  # not static: all four slots are walls
    floating = builder.box((1.0, 1.5), width=0.3, height=0.3, ghost=True)
    ball = builder.circle((1.0, 2.0), radius=0.2, ghost=True)
    solid = builder.circle((3.0, 1.5), radius=0.2)
    (run,) = simulate([case(builder)], 180)
    assert shelf >= CAPACITY.static_polygons
    for body, height in ((floating, 0.15), (ball, 0.2), (solid, 0.2)):
        assert run.state.position[-1, body, 1] == pytest.approx(0.4 + height - 0.01, abs=0.004)  # on the floor
    assert not run.contacts.touching[:, shelf].any()
    assert not run.contacts.touching[:, floating, ball].any()


def test_a_body_joined_to_a_wall_collides_with_the_other_walls_only() -> None:
    builder = room()
    arm = builder.box((0.1, 1.0), width=0.6, height=0.1, angular_velocity=-1.0)  # inside the left wall
    builder.revolute(builder.LEFT_WALL, arm, anchor=(0.1, 1.0))
    (run,) = simulate([case(builder)], 60)
    walls = slot_pairs(run.contacts)
    own = (walls == (builder.LEFT_WALL, arm)).all(axis=-1)
    assert run.contacts.active[:, own].any()
    assert not run.contacts.normal_impulse[:, own].any()
    falling = builder.box((2.0, 0.6), width=0.3, height=0.3)
    builder.revolute(builder.LEFT_WALL, falling, anchor=(2.0, 0.6))
    (run,) = simulate([case(builder)], 60)
    assert not run.contacts.normal_impulse[:, (walls == (builder.FLOOR, falling)).all(axis=-1)].any()  # held up
