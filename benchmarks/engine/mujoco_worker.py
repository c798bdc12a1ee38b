"""MuJoCo through its own multithreaded `mujoco.rollout`; run inside an environment that has `mujoco`.

MuJoCo is three-dimensional. A free body gets two slides and a hinge (planar by joints), a jointed one hangs on its
parent by a hinge, so hinges cost nothing and never drift. Boxes are as deep as they are wide on average, wheels are
spheres (one contact with the floor, like a disc), the boundary is four planes. A box on the floor has four contact
points here, two in the plane. Default solver settings, `implicitfast`. Run as
`python -m benchmarks.engine.mujoco_worker JOB.json RESULT.json`."""

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine.description import FLOOR, WORLD, Body, Description, area
from benchmarks.engine.job import Job, Result
from benchmarks.engine.physics import DT, FRICTION, GRAVITY, motor_gain, motor_speed, thrust
from benchmarks.engine.scenes import random_actions

_HINGE = '<joint name="{name}" type="hinge" axis="0 -1 0" pos="{x} 0 {y}"/>'  # turns x towards z, like an angle
_PLANE = '<geom type="plane" size="20 20 1" pos="{x} 0 {z}" zaxis="{dx} 0 {dz}"/>'
_DEPTH = 0.25  # m, half the depth of a box


def _inertia(body: Body) -> float:
    """About the centre of mass, in kg m^2."""
    if "radius" in body:
        return area(body) * body["radius"] ** 2 / 2
    width, height = np.ptp(np.array(body["vertices"]), axis=0)
    return float(area(body) * (width**2 + height**2) / 12)


def _geometry(body: Body) -> str:
    """Mass and shape."""
    inertia = _inertia(body)
    mass = f'<inertial pos="0 0 0" mass="{area(body)}" diaginertia="{inertia} {inertia} {inertia}"/>'
    if "radius" in body:
        return f'{mass}<geom type="sphere" size="{body["radius"]}"/>'
    width, height = np.ptp(np.array(body["vertices"]), axis=0) / 2
    return f'{mass}<geom type="box" size="{width} {_DEPTH} {height}"/>'


def _body(description: Description, k: int) -> str:
    """A body with what hangs on it."""
    body = description["bodies"][k]
    if body["angle"]:
        raise ValueError(f"Bodies must start upright here, body {k} has angle {body['angle']}.")
    hung = [(j, joint) for j, joint in enumerate(description["joints"]) if joint["b"] == k]
    if hung:
        j, joint = hung[0]
        (x, z), (dx, dz) = joint["anchor_a"], joint["anchor_b"]
        place = f'pos="{x - dx} 0 {z - dz}"'
        freedom = _HINGE.format(name=f"joint{j}", x=dx, y=dz)
    else:
        x, z = body["position"]
        place = f'pos="{x} 0 {z}"'
        slides = '<joint type="slide" axis="1 0 0"/><joint type="slide" axis="0 0 1"/>'
        freedom = slides + _HINGE.format(name=f"free{k}", x=0, y=0)
    sites = [
        f'<site name="thruster{t}" pos="{thruster["position"][0]} 0 {thruster["position"][1]}"/>'
        for t, thruster in enumerate(description["thrusters"])
        if thruster["body"] == k
    ]
    children = [_body(description, joint["b"]) for joint in description["joints"] if joint["a"] == k]
    return f'<body name="body{k}" {place}>{freedom}{_geometry(body)}{"".join(sites + children)}</body>'


def _actuators(description: Description) -> str:
    """A velocity servo a motor, a force a thruster; a joint without a motor gets a servo of gain 0."""
    bodies, parts = description["bodies"], []
    for j, joint in enumerate(description["joints"]):
        gain = motor_gain(joint, _inertia(bodies[joint["a"]]), _inertia(bodies[joint["b"]])) * joint["motor"]
        parts.append(f'<velocity joint="joint{j}" kv="{gain}"/>')
    for t, thruster in enumerate(description["thrusters"]):
        force = thrust(thruster) * np.array([np.cos(thruster["angle"]), np.sin(thruster["angle"])])
        parts.append(f'<motor site="thruster{t}" gear="{force[0]} 0 {force[1]} 0 0 0"/>')
    return "".join(parts)


def model_xml(description: Description) -> str:
    """The scene in MuJoCo's format (MJCF); x is x, z is y."""
    planes = [(0, FLOOR, 0, 1), (0, 0, 1, 0), (WORLD, 0, -1, 0), (0, WORLD, 0, -1)]
    walls = "".join(_PLANE.format(x=x, z=z, dx=dx, dz=dz) for x, z, dx, dz in planes)
    hung = {joint["b"] for joint in description["joints"]}
    roots = "".join(_body(description, k) for k in range(len(description["bodies"])) if k not in hung)
    return (
        f'<mujoco><option timestep="{DT}" gravity="0 0 -{GRAVITY}" integrator="implicitfast"/>'
        f'<default><geom friction="{FRICTION} 0 0"/></default>'
        f"<worldbody>{walls}{roots}</worldbody><actuator>{_actuators(description)}</actuator></mujoco>"
    )


def _controls(description: Description, actions: np.ndarray) -> np.ndarray:
    """Actions [time, lane, action] as controls [lane, time, control]."""
    controls = actions.astype(np.float64).swapaxes(0, 1).copy()
    motors = len(description["joints"])
    controls[..., :motors] *= motor_speed(1.0)
    return controls


def run(job: Job) -> Result:
    """Measure with one thread per core."""
    mujoco: Any = import_module("mujoco")
    rollout: Any = import_module("mujoco.rollout")
    description: Description = job["scenes"][0]
    model = mujoco.MjModel.from_xml_string(model_xml(description))
    data = [mujoco.MjData(model) for _ in range(job["devices"])]
    full = mujoco.mjtState.mjSTATE_FULLPHYSICS
    start = np.empty(mujoco.mj_stateSize(model, full))
    mujoco.mj_getState(model, data[0], start, full)
    lanes, times = job["lanes"], []
    with rollout.Rollout(nthread=job["devices"]) as pool:

        def roll(initial: np.ndarray, actions: np.ndarray) -> np.ndarray:
            options = {"control": _controls(description, actions)} if model.nu else {"nstep": len(actions)}
            began = time.perf_counter()
            states, _ = pool.rollout(model, data, initial, **options)
            times.append(time.perf_counter() - began)
            return np.array(states[:, -1])

        warm = roll(np.tile(start, (lanes, 1)), np.ones((job["warm_up"], lanes, model.nu)))
        for _ in range(job["repeats"] + 1):  # the first is a warm-up of the threads
            roll(warm, random_actions(job["steps"], lanes, model.nu))
    mujoco.mj_setState(model, data[0], warm[0], full)
    mujoco.mj_forward(model, data[0])
    positions = np.array([data[0].body(f"body{k}").xpos[[0, 2]] for k in range(len(description["bodies"]))])
    return {
        "timing": {
            "rate": lanes * job["steps"] / min(times[2:]),
            "compile_seconds": 0.0,
            "bytes_per_scene": 0.0,
            "devices": job["devices"],
            "steps": job["steps"],
            "repeats": job["repeats"],
        },
        "outcome": {
            "positions": positions[None].tolist(),
            "height": float(positions[:, 1].mean()),
            "pushing": float(data[0].ncon),
            "finite": bool(np.isfinite(positions).all()),
        },
    }


if __name__ == "__main__":
    job_file, result_file = map(Path, sys.argv[1:])
    result_file.write_text(json.dumps(run(json.loads(job_file.read_text()))))
