"""Physics parameters that a level states for itself: in files, in memory, and in play."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, PhysicsParams
from kinetix_env import KinetixWarning, Level, LevelError, LevelPool, make
from kinetix_env.cli.main import main
from kinetix_env.generators import Settings
from kinetix_env.level import bounds, physics_row, put_physics, validate, with_physics
from kinetix_env.level.physics import NAMES, OPEN, stated
from kinetix_env.levels import dumps, export_published, import_published, loads, pad, save, stack
from kinetix_env.mutations import swap_roles
from kinetix_env.play import record_all
from kinetix_env.task import PhysicsSettings
from tests.jax2d.strategies import same
from tests.kinetix_env.levels.samples import CAPACITIES, car, random_level

OWN = {"dt": 0.01, "friction": 0.05, "thruster_power": 3, "motor_power": 200.5, "slop": 0}
STEPS = 12
ACTIONS = np.tile(np.array([1, 1, 2, 0, 1, 1], np.int32), (STEPS, 1))


def heavy() -> dict[str, Any]:
    return car() | {"physics": dict(OWN)}


def numbers(named: Any) -> dict[str, float]:
    return {name: float(value) for name, value in stated(named.level.physics).items()}


def test_there_is_a_limit_and_a_setting_for_every_parameter() -> None:
    assert set(bounds.PHYSICS) == set(NAMES)
    for name, (least, most) in bounds.PHYSICS.items():
        default = getattr(PhysicsSettings(), name)
        assert default == getattr(PhysicsParams(), name) and least <= default <= most
        for limit in (least, most):
            PhysicsParams(**{name: limit})


def test_a_file_keeps_stated_parameters_only() -> None:
    named = loads(json.dumps(heavy()))
    assert numbers(named) == pytest.approx(OWN, rel=1e-7)
    text = dumps(named)
    assert json.loads(text)["physics"] == OWN and dumps(loads(text)) == text
    plain = loads(json.dumps(car()))
    assert plain.level.physics is None and "physics" not in json.loads(dumps(plain))
    empty = loads(json.dumps(car() | {"physics": {}}))
    assert empty.level.physics is None and dumps(empty) == dumps(plain)
    assert dumps(replace(plain, level=with_physics(plain.level))) == dumps(plain)


@pytest.mark.parametrize(("name", "value"), [("dt", 0), ("dt", 2), ("slop", -2), ("motor_power", True), ("speed", 1)])
def test_parameters_out_of_range_are_refused(name: str, value: Any) -> None:
    with pytest.raises(LevelError, match=rf"physics.*{name}"):
        loads(json.dumps(car() | {"physics": {name: value}}))
    if name in NAMES and value is not True:
        level = loads(json.dumps(car())).level
        with pytest.raises(LevelError, match=rf"physics\.{name} must be from"):
            validate(put_physics(level, jnp.asarray(physics_row({name: value}))))


def test_parameter_arrays_of_another_shape_are_refused() -> None:
    level = loads(json.dumps(heavy())).level
    for wrong in (level.physics[:3], level.physics.astype(jnp.float16)):
        with pytest.raises(LevelError, match="physics must be 17 numbers of type float32"):
            validate(put_physics(level, wrong))
        with pytest.raises(LevelError, match="physics"):
            make("kinetix-m").reset(jax.random.key(0), put_physics(level, wrong))


def test_published_files_carry_their_parameters() -> None:
    document = export_published(loads(json.dumps(car())))
    document["env_params"] |= {"dt": 0.01, "base_friction": 1, "base_motor_power": 300.0}
    named = import_published(document, name="x")
    assert numbers(named) == pytest.approx({"dt": 0.01, "motor_power": 300.0, "friction": 1.0}, rel=1e-7)
    again = export_published(named)
    assert again["env_params"] == pytest.approx(document["env_params"], rel=1e-7)
    assert import_published(export_published(loads(json.dumps(car()))), name="x").level.physics is None


def test_stated_parameters_survive_an_export_and_an_import_bit_for_bit() -> None:
    """Also those with their usual value, and those next to it: they hold whatever the environment's settings are."""
    row = physics_row({"friction": 0.4, "dt": 1 / 60, "slop": np.nextafter(np.float32(0.01), np.float32(1))})
    level = put_physics(loads(json.dumps(car())).level, jnp.asarray(row))
    named = replace(random_level(0, "m"), level=level)
    assert same(import_published(json.loads(json.dumps(export_published(named))), name="x").level.physics, row)


@pytest.mark.parametrize(
    ("where", "key", "value"),
    [
        ("static_env_params", "num_solver_iterations", 20),
        ("static_env_params", "do_warm_starting", False),
        ("static_env_params", "frame_skip", 1),
        ("env_params", "max_timesteps", 500),
    ],
)
def test_settings_that_a_level_cannot_state_give_a_warning(where: str, key: str, value: Any) -> None:
    document = export_published(loads(json.dumps(car())))
    document[where][key] = value
    with pytest.warns(KinetixWarning, match=f"old.*{where}.{key} is {value}.*the environment decides, by its setting"):
        loads(json.dumps(document), source="old")


def test_padding_pools_and_mutations_keep_the_parameters() -> None:
    level, plain = loads(json.dumps(heavy())).level, loads(json.dumps(car())).level
    assert same(pad(level, CAPACITIES["l"]).physics, level.physics)
    pool = LevelPool(stack([plain, level]))
    assert same(pool[1].physics, level.physics) and (np.asarray(pool[0].physics) == OPEN).all() and pool.physics
    assert pool[0].scene.capacity == plain.capacity and same(pool[1].scene, level.scene)
    assert not LevelPool(stack([plain])).physics and LevelPool(stack([plain]))[0].physics is None
    assert same(jax.jit(swap_roles, static_argnums=2)(jax.random.key(0), level, Settings()).physics, level.physics)
    with pytest.raises(LevelError, match="of the same capacity"):
        stack([level, pad(plain, Capacity.large())])


@cache
def played() -> Any:
    """Recordings of two levels side by side in one batch, of which the second states parameters."""
    levels = [loads(json.dumps(document)).level for document in (car(), heavy())]
    return record_all(make("kinetix-m"), levels, np.stack([ACTIONS] * 2))


def alone(document: Any, **settings: Any) -> Any:
    level: Level = loads(json.dumps(document)).level
    (recording,) = record_all(make("kinetix-m", **settings), [level], ACTIONS[None])
    return recording


def assert_alike(one: Any, other: Any) -> None:
    """Numbers that are compiled in and numbers in arrays may round differently: 1e-5 m after 24 engine steps."""
    assert np.allclose(one.states.position, other.states.position, atol=1e-5)
    assert one.step_seconds == pytest.approx(other.step_seconds)


def test_each_level_of_a_batch_is_played_with_its_own_parameters() -> None:
    plain, own = played()
    assert_alike(plain, alone(car()))
    assert_alike(own, alone(car(), physics=PhysicsSettings(**OWN)))
    assert own.step_seconds == pytest.approx(0.02) and plain.step_seconds == pytest.approx(1 / 30)
    assert not np.allclose(plain.states.position[-1], own.states.position[-1], atol=1e-2)


def test_parameters_of_a_level_override_those_of_the_environment() -> None:
    other = PhysicsSettings(**{**OWN, "friction": 0.9, "dt": 0.02})
    assert_alike(alone(heavy(), physics=other), played()[1])


def test_show_prints_physics_parameters(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path / "heavy.json", loads(json.dumps(heavy())))
    assert main(["levels", "show", str(tmp_path / "heavy.json")]) == 0
    assert "Physics of its own: dt 0.01, slop 0, motor_power 200.5, thruster_power 3, friction 0.05." in (
        capsys.readouterr().out
    )
