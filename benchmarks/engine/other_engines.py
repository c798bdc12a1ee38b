"""Against Box2D and MuJoCo (and the published Jax2D), on three scenes that all of them can express.

Each engine runs in the way that is fastest for many scenes at once: ours and Jax2D batched and split over host
devices, Box2D one process per core, MuJoCo its own multithreaded rollout. All step 1/60 s and take the same kind of
random actions. The check: where the first body is after a full action from rest; contacts and motors differ
between the engines, so it agrees roughly."""

from importlib.util import find_spec
from typing import TypedDict

from benchmarks.common.output import note, rate, table
from benchmarks.common.peers import OTHER_ENGINES, NoEnvironmentError
from benchmarks.common.processes import OURS, Interpreter, measure
from benchmarks.engine.job import Job, Result
from benchmarks.engine.plan import Plan, make_job, our_result, peer_result
from benchmarks.engine.three_scenes import THREE_SCENES

__all__ = ["EnginesRow", "measure_engines"]

LANES = 1024

REMARKS = """\
What the numbers do not say:
  ours     batched on CPU and GPU, differentiable on request, scenes are data: any mix of scenes of one capacity in
           one batch without recompiling. All pairs are always solved, so an empty slot costs as much as a full one;
           no sleeping, no continuous collision (fast bodies may pass thin ones), joints drift a little.
  Jax2D    the same model and limits. Needs at least two circle, one joint and one thruster slot, given to it here.
  Box2D    solves only what touches, grows to thousands of bodies, has continuous collision and sleeping (both off
           here: no bullets in these scenes, and a sleeping stack costs nothing), more shapes and joints. One world
           at a time on a CPU; every step, motor and force is a Python call, which costs about as much as a small
           scene's physics. No gradients.
  MuJoCo   three-dimensional, planar here by slides and hinges; joints are exact, contacts soft (four points under a
           box where the plane needs two, spheres for wheels). Works at 1/60 s here, though it softens contacts to
           stay stable (its time constant may not be below two steps). Sparse: cost follows the contacts. Compiles
           one model per scene: scenes in a batch must have the same sizes. Gradients by finite differences.
  Friction ours sqrt((0.4 f_a)^2 + (0.4 f_b)^2), Box2D sqrt(f_a f_b), MuJoCo the larger of both; set to 0.566 in all."""


class EnginesRow(TypedDict):
    """Scene steps of 1/60 s per second; None where an engine was not measured."""

    scene: str
    ours: float
    jax2d: float | None
    box2d: float | None
    mujoco: float | None


def _others() -> Interpreter | None:
    """An environment with Box2D and MuJoCo, ours if it has them; None (and a remark) if there is none."""
    if find_spec("Box2D") and find_spec("mujoco"):
        return OURS
    try:
        return Interpreter(OTHER_ENGINES.python(), "")
    except NoEnvironmentError as error:
        note(f"Box2D and MuJoCo are left out, their environment cannot be made: {error}")
        return None


def _measure(plan: Plan, name: str, others: Interpreter | None) -> dict[str, Result | None]:
    """All engines on one scene."""
    counts, description = THREE_SCENES[name]
    note(f"{name} ...")
    job: Job = {**make_job(plan, counts, [description], LANES, speed=0.0), "full_action": True}
    on_cores = {**job, "devices": plan.cores}
    return {
        "ours": our_result(job),
        "jax2d": peer_result(plan.peer, job, plan.devices) if plan.peer else None,
        "box2d": measure(others, "benchmarks.engine.box2d_worker", on_cores) if others else None,
        "mujoco": measure(others, "benchmarks.engine.mujoco_worker", on_cores) if others else None,
    }


def _place(result: Result | None) -> str:
    """Where the first body of the first scene is after the warm-up."""
    if result is None:
        return "-"
    x, y = result["outcome"]["positions"][0][0]
    return f"{x:.2f}, {y:.2f}"


def measure_engines(plan: Plan) -> list[EnginesRow]:
    """Measure and print the table."""
    others, rows, lines, places = _others(), [], [], []
    for name in THREE_SCENES:
        results = _measure(plan, name, others)
        rates = {engine: result["timing"]["rate"] if result else None for engine, result in results.items()}
        rows.append(EnginesRow(scene=name, **rates))  # type: ignore[typeddict-item]
        lines.append([name, *map(rate, rates.values())])
        places.append([name, *map(_place, results.values())])
    heads = ["scene", "ours", "Jax2D 1.0.2", "Box2D", "MuJoCo"]
    print(table("Simulated steps of 1/60 s per second, all cores", heads, lines), end="\n\n")
    print(table(f"Check: first body (m) after {plan.steps} steps of full action", heads, places), end="\n\n")
    print(REMARKS)
    return rows
