"""This engine, through its public API alone; see worker.py."""

import equinox as eqx
import jax
import numpy as np

from benchmarks.engine.description import WALLS, Description
from benchmarks.engine.job import Job
from benchmarks.engine.simulation import Simulation, Tree, as_lanes
from jax2d import Capacity, Engine, Scene, SceneBuilder, State


def _build(description: Description, capacity: Capacity) -> tuple[Scene, State]:
    """One scene, boundary included."""
    builder = SceneBuilder(capacity)
    bodies = []
    for body in description["bodies"]:
        if "radius" in body:
            bodies.append(builder.circle(body["position"], radius=body["radius"], angle=body["angle"]))
        else:
            bodies.append(builder.polygon(body["position"], body["vertices"], angle=body["angle"]))
    for joint in description["joints"]:
        a, b = bodies[joint["a"]], bodies[joint["b"]]
        anchor, motor = joint["anchor_a"], joint["motor"]
        builder.revolute(a, b, anchor=anchor, anchor_b=joint["anchor_b"], motor=motor, motor_power=joint["power"])
    for thruster in description["thrusters"]:
        builder.thruster(
            bodies[thruster["body"]],
            position=thruster["position"],
            angle=thruster["angle"],
            power=thruster["power"],
        )
    return builder.build()


def _observe(state: State) -> tuple[np.ndarray, np.ndarray]:
    """Positions of all bodies and all normal impulses of a batch."""
    return np.asarray(state.position), np.asarray(state.normal_impulse)


def build(job: Job, velocities: np.ndarray) -> Simulation:
    """The batch of a job."""
    capacity = Capacity(**job["counts"])
    engine = Engine(capacity)
    scene, state = as_lanes([_build(description, capacity) for description in job["scenes"]], job["lanes"])
    moving = state.velocity.copy()
    moving[:, WALLS:] = velocities
    state = eqx.tree_at(lambda s: s.velocity, state, moving)

    def step(scene: Tree, state: Tree, action: jax.Array) -> Tree:
        return engine.step(scene, state, action)[0]

    return Simulation(step=step, scene=scene, state=state, observe=_observe)
