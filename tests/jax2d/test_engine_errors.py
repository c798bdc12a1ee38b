"""Invalid arguments of the engine raise errors that state what it got and what it takes."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine, PhysicsParams, Scene, SceneBuilder, SceneError, SequentialImpulses, State

SMALL = Capacity.small()
ENGINE = Engine(SMALL)


def start() -> tuple[Scene, State]:
    return SceneBuilder(SMALL).build()


@pytest.mark.parametrize("method", ["step", "overlapping"])
def test_a_scene_of_another_capacity_is_refused(method: str) -> None:
    scene, state = SceneBuilder(Capacity.medium()).build()
    rest = (ENGINE.action(),) if method == "step" else ()
    message = r"scene must be of Capacity\(polygons=5, .* got a scene of Capacity\(polygons=6,"
    with pytest.raises(SceneError, match=message):
        getattr(ENGINE, method)(scene, state, *rest)


def test_an_unmapped_batch_is_refused_with_the_remedy() -> None:
    scene, state = jax.tree.map(lambda x: jnp.stack([x] * 3), start())
    with pytest.raises(SceneError, match=r"got \(3, 5, 4, 2\)\. For a batch of scenes wrap the method in jax\.vmap"):
        ENGINE.step(scene, state, ENGINE.action())


def test_a_wrong_type_in_the_state_is_refused() -> None:
    scene, state = start()
    state = eqx.tree_at(lambda s: s.angle, state, np.zeros(SMALL.bodies, np.float64))
    with pytest.raises(SceneError, match=r"state\.angle must have type float32, got float64"):
        ENGINE.step(scene, state, ENGINE.action())


def test_scene_and_state_in_the_wrong_order_are_refused() -> None:
    scene, state = start()
    with pytest.raises(Exception, match="Scene"):
        ENGINE.step(state, scene, ENGINE.action())


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 2)])
def test_an_action_of_the_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    scene, state = start()
    with pytest.raises(Exception, match=r"an action is 2 numbers \(1 motors and 1 thrusters\)|action"):
        ENGINE.step(scene, state, jnp.zeros(shape))


def test_an_action_of_the_wrong_length_is_refused_with_the_expected_length() -> None:
    with pytest.raises(SceneError, match=r"motors must be one number or 1, got shape \(2,\)"):
        ENGINE.action(motors=np.zeros(2))


@pytest.mark.parametrize("iterations", [0, -1, 2.0, True, None])
def test_a_solver_without_iterations_is_refused(iterations: object) -> None:
    with pytest.raises(Exception, match=r"iterations"):
        SequentialImpulses(iterations=iterations)


@pytest.mark.parametrize(
    "change", [{"dt": 0.0}, {"dt": -1.0}, {"dt": float("nan")}, {"slop": -1e-3}, {"max_velocity": float("inf")}]
)
def test_params_out_of_range_are_refused(change: dict[str, float]) -> None:
    (name, value), *_ = change.items()
    with pytest.raises(SceneError, match=rf"PhysicsParams\.{name} must be finite and .* got {value!r}"):
        PhysicsParams(**change)


@pytest.mark.parametrize(
    "change",
    [{"polygons": -1}, {"circles": 1.5}, {"joints": True}, {"vertices": 2}, {"static_polygons": 9}, {"thrusters": "2"}],
)
def test_an_invalid_capacity_is_refused(change: dict[str, object]) -> None:
    counts: dict[str, object] = {"polygons": 5, "circles": 2, "joints": 1, "thrusters": 1, **change}
    with pytest.raises(Exception, match=next(iter(change))):
        Capacity(**counts)


def test_a_capacity_with_static_polygons_only_is_refused() -> None:
    with pytest.raises(SceneError, match="at least one body besides"):
        Capacity(polygons=4, circles=0, joints=0, thrusters=0)
