"""A scene with one of everything that can be drawn, for the tests of `jax2d.picture`."""

from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from jax2d import Capacity, Contacts, Engine, Scene, SceneBuilder, State

CAPACITY = Capacity(polygons=9, circles=3, joints=4, thrusters=2)


@cache
def example() -> tuple[Scene, State, dict[str, int]]:
    """A scene with one of everything, nothing at a round angle, and slots left over."""
    builder = SceneBuilder(CAPACITY)
    index = {
        "box": builder.box((1.0, 2.0), width=0.8, height=0.4, angle=0.3),
        "triangle": builder.polygon((3.0, 3.0), ((0.0, 0.5), (0.4, -0.1), (-0.3, -0.2)), angle=-1.1),
        "block": builder.box((4.2, 0.7), width=0.6, height=0.6, immovable=True),
        "ghost": builder.box((2.0, 4.2), width=0.5, height=0.5, ghost=True),
        "wheel": builder.circle((1.3, 1.9), radius=0.3, angle=0.7),
        "ball": builder.circle((4.2, 1.19), radius=0.2, angle=2.0),
    }
    index["hinge"] = builder.revolute(
        index["box"], index["wheel"], anchor=(0.3, -0.1), anchor_b=(-0.1, 0.05), motor=True, limits=(-0.5, 0.8)
    )
    index["backward"] = builder.revolute(index["box"], index["triangle"], anchor=(0, 0), motor=True, motor_speed=-2.0)
    index["weld"] = builder.fixed(index["triangle"], index["ghost"], anchor=(0.0, 0.0))
    index["engine"] = builder.thruster(index["box"], position=(-0.4, 0.1), angle=0.5)
    return *builder.build(), index


def moved(state: State, index: int, way: tuple[float, float], turn: float = 0.0) -> State:
    """The state with one body at another position (m)."""
    position = state.position.at[index].add(jnp.array(way))
    return eqx.tree_at(lambda s: (s.position, s.angle), state, (position, state.angle.at[index].add(turn)))


def stack(*trees: Any) -> Any:
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)


def action(**by_name: float) -> np.ndarray:
    """An action of the example scene, by the names of joints and thrusters."""
    index, values = example()[2], np.zeros(CAPACITY.actions, np.float32)
    for name, value in by_name.items():
        values[index[name] + (CAPACITY.joints if name == "engine" else 0)] = value
    return values


@cache
def touching() -> Contacts:
    """The contacts of the example scene as it is, with an impulse where the ball lies on the block."""
    scene, state, index = example()
    contacts = jax.jit(Engine(CAPACITY).overlapping)(scene, state)
    slot = int(contacts.slots.first[index["block"], index["ball"]])
    assert contacts.active[slot]
    return eqx.tree_at(lambda c: c.normal_impulse, contacts, contacts.normal_impulse.at[slot].set(0.25))


def journey(count: int) -> State:
    """The box travels and turns, the block slides as only a program can move it; both rest in the last frames."""
    _, state, index = example()
    steps = [min(k, count - 3) for k in range(count)]
    states = [moved(state, index["block"], (-0.2 * k, 0.1 * k)) for k in steps]
    return stack(*(moved(s, index["box"], (0.12 * k, 0.05 * k), 0.2 * k) for s, k in zip(states, steps, strict=True)))
