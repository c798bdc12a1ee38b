"""The published Jax2D, run inside its own environment; see worker.py.

Scenes are built with its own functions (jax2d.scene) and stepped with its `PhysicsEngine`, all settings as
published. A capacity below two circles, one joint and one thruster it cannot index.

Its module names are those of our own package, hence the imports by name: a type checker sees ours."""

from importlib import import_module
from typing import Any

import jax
import numpy as np

from benchmarks.engine.description import WALLS, Body, Counts, Description
from benchmarks.engine.job import Job
from benchmarks.engine.simulation import Simulation, Tree, as_lanes

engine, scene, sim_state = (import_module(f"jax2d.{name}") for name in ("engine", "scene", "sim_state"))


def _static(counts: Counts) -> Any:
    """The capacity in the peer's terms."""
    return sim_state.StaticSimParams(**{f"num_{kind}": count for kind, count in counts.items()})


def _add_body(sim: Tree, static: Any, body: Body) -> Tree:
    """Add a polygon or a circle."""
    common = {"position": np.array(body["position"], np.float32), "rotation": body["angle"]}
    if "radius" in body:
        return scene.add_circle_to_scene(sim, static, radius=body["radius"], **common)[0]
    vertices = np.array(body["vertices"], np.float32)
    return scene.add_polygon_to_scene(sim, static, vertices=vertices, n_vertices=len(vertices), **common)[0]


def _build(description: Description, static: Any, sim: Tree) -> Tree:
    """One scene, from one with the boundary alone."""
    polygons = sum("vertices" in body for body in description["bodies"])
    for body in description["bodies"]:
        sim = _add_body(sim, static, body)

    def index(k: int) -> int:
        return WALLS + k if k < polygons else static.num_polygons + k - polygons

    for joint in description["joints"]:
        anchors = (np.array(joint[key], np.float32) for key in ("anchor_a", "anchor_b"))
        a, b = index(joint["a"]), index(joint["b"])
        motor = {"motor_on": joint["motor"], "motor_power": joint["power"]}
        sim, _ = scene.add_revolute_joint_to_scene(sim, static, a, b, *anchors, **motor)
    for thruster in description["thrusters"]:
        place = index(thruster["body"]), np.array(thruster["position"], np.float32), thruster["angle"]
        sim, _ = scene.add_thruster_to_scene(sim, *place, thruster["power"])
    return sim


def _with_velocities(sim: Tree, velocities: np.ndarray, polygons: int) -> Tree:
    """Set the velocities of all bodies but the boundary; unused slots stay at rest."""
    moving = polygons - WALLS
    for_polygons, for_circles = sim.polygon.velocity.copy(), sim.circle.velocity.copy()
    for_polygons[:, WALLS:polygons] = velocities[:, :moving]
    for_circles[:, : velocities.shape[1] - moving] = velocities[:, moving:]
    return sim.replace(
        polygon=sim.polygon.replace(velocity=for_polygons), circle=sim.circle.replace(velocity=for_circles)
    )


def _observe(sim: Tree) -> tuple[np.ndarray, np.ndarray]:
    """Positions of all bodies and all normal impulses of a batch."""
    contacts = (sim.acc_rr_manifolds, sim.acc_cr_manifolds, sim.acc_cc_manifolds)
    impulses = [np.asarray(c.acc_impulse_normal).reshape(len(c.acc_impulse_normal), -1) for c in contacts]
    positions = np.concatenate([sim.polygon.position, sim.circle.position], 1)
    return positions, np.concatenate(impulses, 1)


def build(job: Job, velocities: np.ndarray) -> Simulation:
    """The batch of a job."""
    counts = job["counts"]
    static = _static(counts)
    empty = engine.create_empty_sim(static)
    sims = [_build(description, static, empty) for description in job["scenes"]]
    physics, params = engine.PhysicsEngine(static), sim_state.SimParams()

    def step(_: Tree, sim: Tree, action: jax.Array) -> Tree:
        return physics.step(sim, params, action)[0]

    state = _with_velocities(as_lanes(sims, job["lanes"]), velocities, counts["polygons"])
    return Simulation(step=step, scene=(), state=state, observe=_observe)
