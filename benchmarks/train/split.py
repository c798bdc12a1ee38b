"""What the parts of a training update cost, timed alike for ours and the published parts.

Four programs in turns, each over as many steps and environments as an update: the environment alone with random
actions, the same with its observations carried along, the network acting on observations of a rollout, and the
whole update. Observation is the difference of the first two; learning (advantages, shuffling, gradients) is what
is left of the whole.

Both processes import this file, so it needs JAX and NumPy only."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.common.stopwatch import best_times
from benchmarks.env.rollout import MOTORS, THRUSTERS
from benchmarks.env.task import Tree
from benchmarks.train.job import Split
from benchmarks.train.side import Side, over_devices, place

__all__ = ["time_parts"]


def _actions(steps: int, envs: int) -> np.ndarray:
    """Random actions, of shape [time, environment, action]."""
    high = np.array([3] * MOTORS + [2] * THRUSTERS)
    return np.random.default_rng(0).integers(0, high, (steps, envs, len(high)), np.int32)


def _environment(side: Side, *, see: bool, keep: bool = False) -> Callable[..., Tree]:
    """(own, key, state, obs, actions) -> state, obs, rewards; `see` carries observations along, `keep` returns all."""

    def rollout(own: Tree, key: jax.Array, state: Tree, obs: Tree, actions: jax.Array) -> Tree:
        def advance(carry: tuple[Tree, Tree], now: tuple[jax.Array, jax.Array]) -> tuple[tuple[Tree, Tree], Tree]:
            action, at = now
            keys = jax.random.split(jax.random.fold_in(key, at), len(action))
            seen, state, reward, _, _ = side.step(own, keys, carry[0], action)
            return (state, seen if see else carry[1]), (reward, seen if keep else ())

        (state, obs), (rewards, all_seen) = jax.lax.scan(advance, (state, obs), (actions, jnp.arange(len(actions))))
        return all_seen if keep else (state, obs, rewards.sum(0))

    return rollout


def _forward(side: Side) -> Callable[[Tree, jax.Array, Tree], Tree]:
    """(params, key, observations [time, environment]) -> sums over time of what the network gives."""

    def forward(params: Tree, key: jax.Array, seen: Tree) -> Tree:
        def act(at: jax.Array, obs: Tree) -> tuple[jax.Array, Tree]:
            return at + 1, side.act(params, obs, jax.random.fold_in(key, at))

        return jax.tree.map(lambda x: x.sum(0), jax.lax.scan(act, jnp.zeros((), jnp.int32), seen)[1])

    return forward


def time_parts(
    side: Side,
    whole: Callable[[], Any],
    playing: tuple[Tree, Tree, Tree, Tree],
    steps: int,
    devices: int,
    limits: tuple[int, float],
) -> tuple[float, int, Split]:
    """The shortest time of an update in s, how often it ran, and its parts.

    `playing` is parameters, the environments' own levels, their states and observations; `limits` how often a
    program runs at most, and for how long all do together."""
    params, own, state, obs = playing
    envs = len(jax.tree.leaves(own)[0])
    key = place(jax.random.PRNGKey(7), devices, "all")
    params = place(params, devices, "all")
    own, state, obs = (place(tree, devices, "envs") for tree in (own, state, obs))
    actions = place(_actions(steps, envs), devices, "later")
    given = ["envs", "all", "envs", "envs", "later"]
    arguments = own, key, state, obs, actions

    def compiled(function: Callable[..., Tree], given: list[str], out: str, *arguments: Any) -> Callable[[], Tree]:
        program = jax.jit(over_devices(function, devices, given, out)).lower(*arguments).compile()
        return lambda: program(*arguments)

    blind, seeing = (compiled(_environment(side, see=see), given, "envs", *arguments) for see in (False, True))
    seen = place(compiled(_environment(side, see=False, keep=True), given, "later", *arguments)(), devices, "later")
    forward = compiled(_forward(side), ["all", "all", "later"], "envs", params, key, seen)
    (total, physics, both, acting), repeats = best_times([whole, blind, seeing, forward], *limits)
    split: Split = {
        "physics": physics,
        "observation": max(both - physics, 0.0),
        "forward": acting,
        "update": max(total - both - acting, 0.0),
    }
    return total, repeats, split
