"""Box2D 2.3 through its Python binding, one process per core; run inside an environment that has `box2d`.

Every process owns some worlds and steps them in turn: set the motors' speeds and the thrusters' forces from the
step's action, then `b2World.Step`. Sleeping is off (resting bodies would otherwise cost nothing) and so is
continuous collision (ours has none, Box2D would pay for it alone). 8 velocity and 3 position iterations, as its
manual suggests. Run as `python -m benchmarks.engine.box2d_worker JOB.json RESULT.json`."""

import json
import math
import multiprocessing
import sys
import time
from importlib import import_module
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine.description import FLOOR, WORLD, Body, Description
from benchmarks.engine.job import Job, Result
from benchmarks.engine.physics import DT, FRICTION, GRAVITY, motor_speed, motor_torque, thrust
from benchmarks.engine.scenes import random_actions

WORLDS = 32  # a process; enough for the actions to differ, few enough for the caches
RUN = 0.5  # s, least length of a timed run


def _add_body(b2: Any, world: Any, body: Body) -> Any:
    """Add a movable body."""
    vertices = body.get("vertices", [])
    shape = b2.b2CircleShape(radius=body["radius"]) if "radius" in body else b2.b2PolygonShape(vertices=vertices)
    fixture = b2.b2FixtureDef(shape=shape, density=1.0, friction=FRICTION)
    place = {"position": body["position"], "angle": body["angle"]}
    return world.CreateDynamicBody(**place, fixtures=fixture, allowSleep=False)  # the world's own switch has no effect


class World:
    """One scene, and what acts on it."""

    def __init__(self, description: Description) -> None:
        b2 = import_module("Box2D")
        self.world = b2.b2World(gravity=(0, -GRAVITY))
        self.world.continuousPhysics = False
        ground, w = self.world.CreateStaticBody(), WORLD
        for centre, half in (
            ((w / 2, FLOOR - w), (2 * w, w)),
            ((-w, w / 2), (w, 2 * w)),
            ((2 * w, w / 2), (w, 2 * w)),
            ((w / 2, 2 * w), (2 * w, w)),
        ):
            ground.CreatePolygonFixture(box=(*half, centre, 0.0), friction=FRICTION)
        self.bodies = [_add_body(b2, self.world, body) for body in description["bodies"]]
        self.thrusters = [(self.bodies[t["body"]], t) for t in description["thrusters"]]
        self.joints = []
        for joint in description["joints"]:
            a, b = self.bodies[joint["a"]], self.bodies[joint["b"]]
            self.joints.append(
                self.world.CreateRevoluteJoint(
                    bodyA=a,
                    bodyB=b,
                    localAnchorA=joint["anchor_a"],
                    localAnchorB=joint["anchor_b"],
                    enableMotor=joint["motor"],
                    maxMotorTorque=motor_torque(joint, a.inertia, b.inertia),
                    collideConnected=False,
                )
            )

    def step(self, action: list[float]) -> None:
        """Act and advance by one step."""
        for joint, value in zip(self.joints, action, strict=False):
            joint.motorSpeed = motor_speed(value)
        for (body, thruster), value in zip(self.thrusters, action[len(self.joints) :], strict=True):
            angle, force = thruster["angle"] + body.angle, thrust(thruster) * value
            push = (force * math.cos(angle), force * math.sin(angle))
            body.ApplyForce(push, body.GetWorldPoint(thruster["position"]), True)
        self.world.Step(DT, 8, 3)


def _advance(worlds: list[World], actions: list[list[list[float]]], rounds: int) -> None:
    """Step every world through all actions, some times over."""
    for _ in range(rounds):
        for action in actions:
            for world, mine in zip(worlds, action, strict=True):
                world.step(mine)


def _process(job: Job, seed: int, barrier: Barrier, results: Any) -> None:
    """Warm up, then time runs that all processes start together."""
    worlds = [World(job["scenes"][0]) for _ in range(WORLDS)]
    count = job["counts"]["joints"] + job["counts"]["thrusters"]
    _advance(worlds, np.ones((job["warm_up"], WORLDS, count)).tolist(), 1)
    positions = [[list(body.position) for body in worlds[0].bodies]]
    actions = random_actions(job["steps"], WORLDS, count, seed).tolist()
    start = time.perf_counter()
    _advance(worlds, actions, 1)
    rounds = math.ceil(RUN / (time.perf_counter() - start))
    rates = []
    for _ in range(job["repeats"]):
        barrier.wait()
        start = time.perf_counter()
        _advance(worlds, actions, rounds)
        rates.append(rounds * job["steps"] * WORLDS / (time.perf_counter() - start))
    if not all(body.awake for world in worlds for body in world.bodies):
        raise RuntimeError("A body fell asleep, so its steps cost nothing: the rate would be wrong.")
    results.put((rates, positions))


def run(job: Job) -> Result:
    """Measure with one process per core."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(job["devices"]), context.Queue()
    processes = [context.Process(target=_process, args=(job, seed, barrier, results)) for seed in range(job["devices"])]
    for process in processes:
        process.start()
    measured = [results.get(timeout=600) for _ in processes]
    for process in processes:
        process.join()
    positions = np.array(measured[0][1])
    together = np.sum([rates for rates, _ in measured], 0)
    return {
        "timing": {
            "rate": float(together.max()),
            "compile_seconds": 0.0,
            "bytes_per_scene": 0.0,
            "devices": job["devices"],
            "steps": job["steps"],
            "repeats": job["repeats"],
        },
        "outcome": {
            "positions": positions.tolist(),
            "height": float(positions[..., 1].mean()),
            "pushing": 0.0,
            "finite": bool(np.isfinite(positions).all()),
        },
    }


if __name__ == "__main__":
    job_file, result_file = map(Path, sys.argv[1:])
    result_file.write_text(json.dumps(run(json.loads(job_file.read_text()))))
