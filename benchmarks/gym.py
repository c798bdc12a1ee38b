"""Measure the steps per second of the environment behind Gymnasium's interface, on this machine.

    python -m benchmarks.gym                   size S, 256 environments
    python -m benchmarks.gym --sizes s m l --envs 64 1024

Random actions on a pool of random levels, with the flat observation. The rows: the environment itself in one compiled
loop (nothing leaves the device); the batch of environments for Gymnasium, where each step takes actions from numpy and
gives numpy arrays, in both modes of starting anew and with levels drawn while it runs; and Gymnasium's own batch of
single environments. One process, one device, in turns; the best of some runs counts."""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium
import jax
import jax.numpy as jnp

import kinetix_env.gym  # noqa: F401  registers the environments
from benchmarks.common.command import machine, positive
from benchmarks.common.output import rate, table
from kinetix_env import AutoReset, LevelPool, make
from kinetix_env.generators import RandomLevels
from kinetix_env.level import SIZES

POOL = 256  # random levels to play
Rows = list[tuple[str, float]]


def levels(size: str) -> LevelPool:
    """The levels that all rows but one play."""
    draw = jax.jit(jax.vmap(RandomLevels().build(SIZES[size]).sample))
    return LevelPool(draw(jax.random.split(jax.random.key(0), POOL)))


def compiled_loop(size: str, pool: LevelPool, envs: int, steps: int) -> Callable[[], Any]:
    """A run of the environment itself; every observation and reward is summed up, so that none is optimised away."""
    env = AutoReset(make(f"kinetix-{size}", observation="flat"), pool)

    @jax.jit
    def play(state: Any, key: Any) -> Any:
        def step(carry: Any, key: Any) -> Any:
            state, total = carry
            keys = jax.vmap(jax.random.split)(jax.random.split(key, envs))
            obs, state, reward, done, _ = jax.vmap(env.step)(
                keys[:, 0], state, jax.vmap(env.action_space.sample)(keys[:, 1])
            )
            return (state, total + obs.sum() + reward.sum() + done.sum()), None

        return jax.lax.scan(step, (state, jnp.zeros(())), jax.random.split(key, steps))[0]

    _, state = jax.jit(jax.vmap(env.reset))(jax.random.split(jax.random.key(0), envs))
    key = jax.random.key(1)
    return lambda: play(state, key)[1].block_until_ready()


def by_hand(envs: Any, steps: int) -> Callable[[], Any]:
    """A run that takes each step from Python, with actions that were drawn before."""
    envs.action_space.seed(0)
    actions = [envs.action_space.sample() for _ in range(steps)]
    envs.reset(seed=0)

    def play() -> None:
        for action in actions:
            envs.step(action)

    return play


def best(play: Callable[[], Any], repeats: int) -> float:
    """Seconds of the quickest run, after one that compiles."""
    play()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        play()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measure(size: str, envs: int, steps: int, repeats: int) -> Rows:
    """Environment steps per second of each interface."""
    pool = levels(size)
    make_vec = partial(gymnasium.make_vec, f"kinetix/{size.upper()}-v0", num_envs=envs, levels=pool)
    few = max(1, min(steps, 2048 // envs))  # Gymnasium's own batch takes long
    runs: list[tuple[str, Callable[[], Any], int]] = [
        ("compiled loop", compiled_loop(size, pool, envs, steps), steps),
        ("batch, next step", by_hand(make_vec(), steps), steps),
        ("batch, same step", by_hand(make_vec(autoreset_mode="SameStep"), steps), steps),
        ("batch, new levels", by_hand(make_vec(levels="random"), steps), steps),
        ("SyncVectorEnv", by_hand(make_vec(vectorization_mode="sync"), few), few),
    ]
    return [(name, envs * taken / best(play, repeats)) for name, play, taken in runs]


def main() -> None:
    """Print a table for each size and number of environments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=["s"], type=str.lower)
    parser.add_argument("--envs", nargs="+", type=positive, default=[256], help="batch sizes")
    parser.add_argument("--steps", type=positive, default=256, help="environment steps of a run")
    parser.add_argument("--repeats", type=positive, default=5, help="runs, of which the best counts")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the tables' rows here")
    given = parser.parse_args()
    machine()
    rows: list[dict[str, Any]] = []
    for size in given.sizes:
        for envs in given.envs:
            found = measure(size, envs, given.steps, given.repeats)
            last = found[-1][1]
            title = f"\nSize {size.upper()}, {envs} environments, multi-discrete actions, flat observation"
            lines = [[name, rate(value), f"{value / last:.1f}"] for name, value in found]
            print(table(title, ["", "steps/s", "times SyncVectorEnv"], lines), flush=True)
            rows += [{"kind": "gym", "size": size, "envs": envs, "way": name, "rate": value} for name, value in found]
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
