"""The demo: its scenes are valid, its controllers reach their goals, and the command writes a film."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from jax2d import Capacity, Engine, Scene, State
from jax2d.demo.cli import main
from jax2d.demo.controls import Controls, control, no_controls
from jax2d.demo.scenes import batch, kinds_for
from jax2d.demo.simulation import Result, simulate

pytestmark = pytest.mark.slow  # compiles many programs

SIZES = {"s": Capacity.small(), "m": Capacity.medium(), "l": Capacity.large()}
ROUNDS = 4  # scenes of each kind
SECONDS = 4.0
TINY = ("--size", "s", "--scenes", "5", "--steps", "12")  # five scenes on two devices: one is filled up

every_size = pytest.mark.parametrize("size", SIZES)


@cache
def scenes_of(size: str) -> tuple[Scene, State, Controls]:
    capacity = SIZES[size]
    return batch(capacity, 6 * len(kinds_for(capacity)), seed=3)


def rows_of(size: str, kind: str) -> slice:
    names = [kind.name for kind in kinds_for(SIZES[size])]
    return slice(names.index(kind), None, len(names))


@cache
def played() -> Result:
    """The trajectory of four seconds of scenes of the largest size, several of every kind."""
    capacity = SIZES["l"]
    count = ROUNDS * len(kinds_for(capacity))
    scene, state, controls = batch(capacity, count, seed=1)
    return simulate(Engine(capacity), scene, state, controls, steps=int(60 * SECONDS), shown=count)


def run(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run the demo in a new process, after the given code."""
    command = [sys.executable, "-m", "jax2d.demo", *arguments]
    if code:
        command = [sys.executable, "-c", f"{code}\nfrom jax2d.demo.cli import main\nsys.exit(main({arguments!r}))"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)


def figure(output: str, label: str) -> float:
    """The number that the demo prints after a label."""
    found = re.search(rf"^{re.escape(label)}\s+([\d.,]+)", output, re.MULTILINE)
    assert found, f"{label!r} not in {output!r}"
    return float(found[1].replace(",", ""))


# --- Scenes ---


@every_size
def test_each_size_has_six_kinds_of_scenes_that_differ(size: str) -> None:
    kinds = kinds_for(SIZES[size])
    assert len({kind.name for kind in kinds}) >= 6
    _, state, _ = scenes_of(size)
    for kind in kinds:
        starts = state.position[rows_of(size, kind.name)]
        assert len(np.unique(starts.round(4), axis=0)) == len(starts), f"{kind.name} does not vary"


@every_size
def test_no_bodies_overlap_at_the_start(size: str) -> None:
    scene, state, _ = scenes_of(size)
    contacts = jax.jit(jax.vmap(Engine(SIZES[size]).overlapping))(scene, state)
    a, b = contacts.slots.body_a, contacts.slots.body_b
    apart = scene.group[:, a] != scene.group[:, b]
    movable = (scene.inverse_mass[:, a] != 0) | (scene.inverse_mass[:, b] != 0)
    depth = np.where(apart & movable, contacts.depth, 0.0)
    assert depth.max() < 1e-5  # m; boxes that lie on each other touch


@every_size
def test_all_bodies_start_inside_the_walls(size: str) -> None:
    scene, state, _ = scenes_of(size)
    capacity = SIZES[size]
    for body in range(capacity.static_polygons, capacity.bodies):
        exists = np.asarray(scene.active[:, body])
        position = state.position[exists, body]
        assert ((position > 0) & (position < 5)).all()


def test_a_scene_does_not_depend_on_the_batch_but_on_the_seed() -> None:
    small, large, other = (batch(SIZES["s"], count, seed) for count, seed in ((7, 5), (9, 5), (7, 6)))
    for one, two in zip(jax.tree.leaves(small), jax.tree.leaves(large), strict=True):
        np.testing.assert_array_equal(one, two[:7])
    assert (small[1].position != other[1].position).any()


# --- Controls ---


def test_controls_are_a_wave_and_a_feedback_within_bounds() -> None:
    capacity = SIZES["s"]
    _, state, _ = batch(capacity, 1, seed=0)
    one: State = jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), state)
    given = no_controls(capacity)
    given.offset[:] = (0.1, -0.5)
    given.amplitude[0], given.frequency[0], given.phase[0] = 0.6, 0.5, 0.2
    seconds = 0.7
    motor, thruster = control(capacity, given, one, jnp.float32(seconds))
    assert float(motor) == pytest.approx(0.1 + 0.6 * np.sin(2 * np.pi * 0.5 * seconds + 0.2), rel=1e-5)
    assert float(thruster) == 0.0  # thrusters do not pull

    given.subject[()] = 4
    given.gain[1, 1], given.target[1] = 0.3, float(one.position[4, 1]) + 2.5
    assert float(control(capacity, given, one, jnp.float32(seconds))[1]) == pytest.approx(-0.5 + 0.3 * 2.5, rel=1e-4)
    given.gain[1, 1] = 30.0
    assert float(control(capacity, given, one, jnp.float32(seconds))[1]) == 1.0


# --- What happens in them ---


def film_of(kind: str) -> tuple[Scene, State]:
    """The scenes of a kind: [scene, ...], and their states: [time, scene, ...]."""
    film, rows = played().film, rows_of("l", kind)
    return jax.tree.map(lambda leaf: leaf[rows], film.scene), jax.tree.map(lambda leaf: leaf[:, rows], film.states)


def test_states_stay_finite_and_inside_the_walls() -> None:
    film = played().film
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(film.states))
    bodies = film.states.position[:, film.scene.active]  # of all scenes
    walls = np.tile(np.arange(film.scene.active.shape[1]) < 4, (len(film.scene.active), 1))[film.scene.active]
    assert bodies[:, ~walls].min() > 0 and bodies[:, ~walls].max() < 5
    assert (bodies[:, walls] == bodies[0, walls]).all()
    assert (film.actions >= -1).all() and (film.actions <= 1).all() and (film.actions[..., 6:] >= 0).all()


def test_rockets_hover_at_their_target_height() -> None:
    rows = rows_of("l", "rocket")
    target = batch(SIZES["l"], ROUNDS * len(kinds_for(SIZES["l"])), seed=1)[2].target[rows, :2]
    _, states = film_of("rocket")
    hull = states.position[:, :, 4]
    assert (np.linalg.norm(hull[0] - target, axis=-1) > 0.5).all()  # m, on the pad
    assert np.linalg.norm(hull[-1] - target, axis=-1).max() < 0.15
    assert np.abs(states.velocity[-1, :, 4]).max() < 0.2 and np.abs(states.angle[-1, :, 4]).max() < 0.05


def test_cars_drive_on_their_wheels() -> None:
    _, states = film_of("car")
    chassis = states.position[:, :, 4, 0]
    assert (np.ptp(chassis, axis=0) > 1.0).all()  # m
    assert np.abs(states.angle[:, :, 4]).max() < 1.0  # rad: none turns over


def test_walkers_walk_towards_the_middle() -> None:
    _, states = film_of("walker")
    torso = states.position[:, :, 4]
    ahead = np.sign(2.5 - torso[0, :, 0])
    assert ((torso[-1, :, 0] - torso[0, :, 0]) * ahead > 0.3).all()  # m
    assert torso[:, :, 1].min() > 0.7  # on their legs, m


def test_all_dominoes_fall() -> None:
    scene, states = film_of("dominoes")
    dominoes = slice(4, 11)
    assert np.asarray(scene.active[:, dominoes]).all()
    assert np.abs(states.angle[0, :, dominoes]).max() == 0
    assert np.abs(states.angle[-1, :, dominoes]).min() > 0.6  # rad


def test_towers_stand_until_they_are_hit() -> None:
    scene, states = film_of("tower")
    boxes = np.asarray(scene.active[:, 4:12])
    speed = np.linalg.norm(states.velocity[:, :, 4:12], axis=-1) * boxes
    assert speed[20].max() < 0.1  # m/s, after a third of a second; the first ball arrives after half of one
    assert (speed.max(axis=(0, 2)) > 1.0).all()


def test_the_film_is_the_same_as_without_devices_and_padding() -> None:
    capacity = SIZES["s"]
    scene, state, controls = jax.tree.map(jnp.asarray, batch(capacity, 5, seed=2))
    engine = Engine(capacity)
    film = simulate(engine, scene, state, controls, steps=12, shown=4).film
    assert film.states.position.shape == (12, 4, capacity.bodies, 2)

    @jax.jit
    def step(state: State, time: jax.Array) -> State:
        actions = jax.vmap(lambda c, s: control(capacity, c, s, time))(controls, state)
        advanced: State = jax.vmap(engine.step)(scene, state, actions)[0]
        return advanced

    for index in range(12):
        state = step(state, jnp.float32(index / 60))
        # Not bitwise: these are two programs. Both do the same arithmetic, so only rounding may differ.
        np.testing.assert_allclose(film.states.position[index], state.position[:4], atol=1e-4)


# --- The command ---


def test_the_demo_command_writes_a_film(tmp_path: Path) -> None:
    path = tmp_path / "demo.gif"
    done = run(*TINY, "--out", str(path))
    assert done.returncode == 0, done.stderr
    rate, seconds = figure(done.stdout, "steps/s"), figure(done.stdout, "simulated in")
    assert rate > 0 and seconds >= 0
    assert figure(done.stdout, "compiled in") > 0
    assert figure(done.stdout, "real time x") == pytest.approx(rate / 60, abs=1.0)
    assert "on 2 CPU devices" in done.stdout
    with Image.open(path) as image:
        assert getattr(image, "n_frames", 1) == 4  # every third of 12 steps
        assert image.width > image.height > 2 * 240  # three panels by two


def test_without_pillow_the_demo_prints_figures_and_the_missing_extra(tmp_path: Path) -> None:
    path = tmp_path / "demo.gif"
    done = run(*TINY, "--out", str(path), code="import sys; sys.modules['PIL'] = None")
    assert done.returncode == 0, done.stderr
    assert figure(done.stdout, "steps/s") > 0
    (line,) = [line for line in done.stdout.splitlines() if "GIF" in line]
    assert "pip install pillow (the extra 'picture' of jax2d)" in line
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scenes", "0"], "--scenes: must be a whole number of at least 1, got '0'"),
        (["--steps", "many"], "--steps: must be a whole number of at least 1, got 'many'"),
        (["--seed", "-1"], "--seed: must be a whole number of at least 0, got '-1'"),
        (["--size", "xl"], "--size: invalid choice: 'xl'"),
        (["--out", "demo.mp4"], "--out: must end in .gif, got 'demo.mp4'"),
        (["--out", "no/such/folder/demo.gif"], "--out: must be a file in a folder that exists"),
        (["--speed", "2"], "unrecognized arguments: --speed 2"),
    ],
)
def test_bad_flags_end_with_code_2_and_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    output, errors = capsys.readouterr()
    assert not output
    assert errors.count("\n") == 1 and message in errors
