"""The simulation of the demo: `jax.vmap(engine.step)` in a `jax.lax.scan`, the scenes split over all devices.

One CPU device keeps about one core busy, so `use_all_cores` asks JAX for one device per core. `jax.shard_map` then
gives each device its part of the scenes; nothing needs to be exchanged between them."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

import contextlib
import os
import time
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from ..contacts import Contacts
from ..engine import Engine
from ..scene import Scene
from ..state import State
from .controls import Controls, control

__all__ = ["Film", "Result", "simulate", "use_all_cores"]


class Film(NamedTuple):
    """The trajectories of the first scenes in NumPy arrays."""

    scene: Scene  # [scene, ...]
    states: State  # [time, scene, ...]
    contacts: Contacts  # [time, scene, ...]
    actions: Any  # [time, scene, action]


class Result(NamedTuple):
    """The film and the timing of a simulation."""

    film: Film  # the trajectories of the first scenes
    devices: int  # number of devices
    compile_seconds: float  # s
    seconds: float  # s of the simulation, without compilation


def use_all_cores() -> None:
    """Ask for one CPU device per core, unless a number has been chosen or JAX has started its devices already."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    chosen = jax.config.values["jax_num_cpu_devices"] != -1 or "host_platform_device_count" in os.environ.get(
        "XLA_FLAGS", ""
    )
    if not chosen:
        with contextlib.suppress(RuntimeError):  # raised once the devices have started: then they do
            jax.config.update("jax_num_cpu_devices", cores)


def simulate(engine: Engine, scene: Scene, state: State, controls: Controls, *, steps: int, shown: int) -> Result:
    """Take `steps` steps in all scenes and film the first `shown` of them."""
    scenes = len(scene.gravity)
    devices = min(len(jax.devices()), scenes)
    share = -(-scenes // devices)  # scenes a device; the last scene fills up what is left

    def padded(tree: Any) -> Any:
        rows = np.minimum(np.arange(share * devices), scenes - 1)
        return jax.tree.map(lambda leaf: np.asarray(leaf)[rows], tree)

    filmed = min(shown, share)
    mesh = Mesh(np.array(jax.devices()[:devices]), ("scene",))
    split, later = PartitionSpec("scene"), PartitionSpec(None, "scene")

    def run(scene: Scene, state: State, controls: Controls) -> tuple[State, tuple[State, Contacts, jax.Array]]:
        def step(state: State, index: jax.Array) -> tuple[State, Any]:
            seconds = index.astype(jnp.float32) * engine.params.dt
            act = jax.vmap(lambda c, s: control(engine.capacity, c, s, seconds))
            actions = act(controls, state)
            state, contacts = jax.vmap(engine.step)(scene, state, actions)
            return state, jax.tree.map(lambda leaf: leaf[:filmed], (state, contacts, actions))

        return jax.lax.scan(step, state, jnp.arange(steps))

    program = jax.jit(
        jax.shard_map(run, mesh=mesh, in_specs=(split, split, split), out_specs=(split, later), check_vma=False)
    )
    args = jax.device_put(padded((scene, state, controls)), NamedSharding(mesh, split))
    start = time.perf_counter()
    compiled = program.lower(*args).compile()
    compile_seconds = time.perf_counter() - start
    start = time.perf_counter()
    _, frames = jax.block_until_ready(compiled(*args))
    seconds = time.perf_counter() - start
    count = min(shown, scenes)
    states, contacts, actions = jax.tree.map(lambda leaf: np.asarray(leaf[:, :count]), frames)
    film = Film(jax.tree.map(lambda leaf: np.asarray(leaf)[:count], scene), states, contacts, actions)
    return Result(film, devices, compile_seconds, seconds)
