"""The reference scenes of the published engine, rebuilt with `SceneBuilder` and run with `Engine`.

`python tests/jax2d/reference_scenes.py` prints how far each one is from the published trajectory."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from jax2d import Capacity, Engine, SceneBuilder

FOLDER = Path(__file__).parent / "reference"
# The published engine takes a triangle's inertia over its unused fourth row of vertices too, and does not turn
# the shift to the centre of mass. With its inverse inertia (1/(kg m^2)) and its start the motion agrees.
TRIANGLES = {"triangle_drop": 0, "triangle_hits_box": 0}  # scene: which body is the triangle
PUBLISHED_INVERSE_INERTIA = 136.32489
AS_PUBLISHED = " as published"

CAPACITY = Capacity(polygons=10, circles=6, joints=6, thrusters=1)
STEPS = 120


@dataclass(frozen=True)
class Run:
    """A scene as simulated here and by the reference: [step, body, (x, y, angle, vx, vy, omega)] from step 0."""

    name: str
    kind: str
    ours: np.ndarray
    reference: np.ndarray

    @property
    def deviation(self) -> np.ndarray:
        """Distance of the centres from the reference: [step, body], metres."""
        return np.asarray(np.linalg.norm((self.ours - self.reference)[..., :2], axis=-1))


def scenes() -> dict[str, dict[str, Any]]:
    """The scene descriptions by name."""
    described: dict[str, dict[str, Any]] = json.loads((FOLDER / "engine_scenes.json").read_text())
    return described


def _as_published(built: tuple[Any, ...], triangle: int, start: np.ndarray) -> tuple[Any, ...]:
    """Give a triangle the inertia and the starting place that the published engine gives it."""
    scene, state, rows, action = built
    body = rows[triangle]
    inertia = scene.inverse_inertia.at[body].set(PUBLISHED_INVERSE_INERTIA)
    scene = eqx.tree_at(lambda s: s.inverse_inertia, scene, inertia)
    state = eqx.tree_at(lambda s: s.position, state, state.position.at[body].set(start[triangle, :2]))
    return scene, state, rows, action


def _build(scene: dict[str, Any]) -> tuple[Any, Any, list[int], np.ndarray]:
    builder = SceneBuilder(CAPACITY, gravity=scene["gravity"], walls=scene["walls"])
    rows = []
    for body in scene["bodies"]:
        options = {
            "angle": body.get("rotation", 0.0),
            "velocity": body.get("velocity", (0.0, 0.0)),
            "angular_velocity": body.get("angular_velocity", 0.0),
            "friction": body.get("friction", 1.0),
            "restitution": body.get("restitution", 0.0),
            "immovable": body.get("fixated", False),
        }
        if body["type"] == "circle":
            rows.append(builder.circle(body["position"], radius=body["radius"], **options))
        else:
            rows.append(builder.polygon(body["position"], body["vertices"], **options))
    for joint in scene["joints"]:
        ends = (rows[joint["a"]], rows[joint["b"]])
        anchors = {"anchor": joint["anchor_a"], "anchor_b": joint["anchor_b"], "rotation": 0.0}
        if joint["type"] == "fixed":
            builder.fixed(*ends, **anchors)
            continue
        limits = (joint["min_rotation"], joint["max_rotation"]) if joint.get("has_limits") else None
        motor = {"motor_speed": joint.get("motor_speed", 1.0), "motor_power": joint.get("motor_power", 1.0)}
        builder.revolute(*ends, **anchors, motor=joint.get("motor_on", False), **motor, limits=limits)
    for thruster in scene["thrusters"]:
        place = {"position": thruster["position"], "angle": thruster["rotation"], "power": thruster["power"]}
        builder.thruster(rows[thruster["body"]], **place)
    action = np.zeros(CAPACITY.actions, np.float32)
    for values, start in ((scene["motor_action"], 0), (scene["thruster_action"], CAPACITY.joints)):
        action[start : start + len(values or ())] = values or ()
    return *builder.build(), rows, action


@cache
def runs() -> dict[str, Run]:
    """Simulate all scenes in one batch."""
    with np.load(FOLDER / "engine_trajectories.npz") as file:
        references = {name: file[name] for name in file.files}
    built = {name: _build(scene) for name, scene in scenes().items()}
    for name, body in TRIANGLES.items():
        built[name + AS_PUBLISHED] = _as_published(built[name], body, references[name][0])
    scene, state, action = (
        jax.tree.map(lambda *leaves: jnp.stack(leaves), *(entry[part] for entry in built.values()))
        for part in (0, 1, 3)
    )
    engine = Engine(CAPACITY)

    @jax.jit
    def simulate(scene: Any, state: Any, action: Any) -> Any:
        def one(state: Any, _: None) -> Any:
            state, _contacts = jax.vmap(engine.step)(scene, state, action)
            return state, state

        return jax.lax.scan(one, state, length=STEPS)[1]

    states = simulate(scene, state, action)

    def columns(s: Any) -> np.ndarray:
        return np.concatenate([s.position, s.angle[..., None], s.velocity, s.angular_velocity[..., None]], axis=-1)

    trajectory = np.concatenate([columns(state)[None], columns(states)])  # [step, scene, body, column]
    found = {}
    for index, (name, (_, _, rows, _)) in enumerate(built.items()):
        base = name.removesuffix(AS_PUBLISHED)
        ours = trajectory[: len(references[base]), index, np.array(rows)]
        found[name] = Run(name=name, kind=scenes()[base]["kind"], ours=ours, reference=references[base])
    return found


def main() -> None:
    """Print the deviation of every scene."""
    print(f"{'scene':31s} {'kind':12s} {'steps':>5s} {'largest deviation':>18s} {'at step':>8s} {'angle':>9s}")
    for run in runs().values():
        worst = run.deviation.max(axis=1)
        turn = np.abs(run.ours - run.reference)[..., 2].max()
        print(
            f"{run.name:31s} {run.kind:12s} {len(worst) - 1:5d} {worst.max():16.2e} m {worst.argmax():8d} {turn:9.1e}"
        )


if __name__ == "__main__":
    main()
