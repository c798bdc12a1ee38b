"""Are the hand-made levels good levels? hatch run python scripts/suite_table.py [LEVELS ...] [--markdown].

LEVELS are level references, `suite:all` if left out. Prints for each level: environment steps that its recorded
solution takes, the fraction of slightly perturbed starts from which that still solves it, the fraction of episodes that
uniformly random play solves, and which rules it breaks:

- nothing overlaps at the start but what a chain of joints connects;
- nothing movable moves in the first half second by itself, unless the level is tagged "moving";
- doing nothing does not solve it; random play solves less than a fifth, but for the two easiest levels of a size;
- the solution solves it, and half of the perturbed starts too unless it is tagged "precise"."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float, Int

from jax2d import Capacity, Engine, contact_slots
from kinetix_env import KinetixEnv, Level, make
from kinetix_env.errors import KinetixError
from kinetix_env.level import SIZES
from kinetix_env.levels import NamedLevel, stack
from kinetix_env.search.archive import copy_rows
from kinetix_env.search.starts import perturbed
from kinetix_env.sources import find_levels

__all__ = ["EASY_LEVELS", "Quality", "broken", "easiest", "measure"]

PERTURBED, RANDOM = 32, 64  # episodes of each level
HALF_SECOND = 15  # environment steps
DRIFT = 0.05  # m, how far a body may move in it
DEPTH = 1e-4  # m; what rests on another thing may touch it, by rounding
MOST_RANDOM = 0.2  # fraction of episodes that random play may solve
EASY_LEVELS = 2  # of a size, for which it may be more
LEAST_ROBUST = 0.5
PLAIN, MARKDOWN = "{:24}{:>6}{:>8}{:>11}{:>9}  {}", "| {} | {} | {} | {} | {} | {} |"


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What was measured of a level."""

    name: str
    tags: tuple[str, ...]
    steps: int  # environment steps until the solution solves it; 0 if it does not
    robust: float  # fraction of perturbed starts from which it does
    random: float  # fraction of episodes that random play solves
    idle: bool  # whether doing nothing solves it
    depth: float  # m, deepest overlap at the start
    drift: float  # m, furthest that a body moves in the first half second by itself


def measure(levels: Sequence[NamedLevel], size: str, seed: int = 0) -> list[Quality]:
    """Play all levels of a size in one batch: solution, perturbed starts, random play, doing nothing."""
    env, rng = make(f"kinetix-{size}"), np.random.default_rng(seed)
    batch = jax.tree.map(np.asarray, stack([named.level for named in levels]))
    each = 2 + PERTURBED + RANDOM
    lanes = jax.tree.map(lambda leaf: np.repeat(leaf, each, axis=0), batch)
    tries = np.arange(PERTURBED)
    for row, named in enumerate(levels):
        copy_rows(lanes.state, row * each + 1 + tries, perturbed(named.level, PERTURBED, rng), tries)
    actions = np.zeros((len(levels), each, env.horizon, 6), np.int8)
    for row, named in enumerate(levels):
        solution = np.array(named.solution or [], np.int8).reshape(-1, 6)[: env.horizon]
        actions[row, : 1 + PERTURBED, : len(solution)] = solution
    shape = (len(levels), RANDOM, env.horizon, 6)
    actions[:, 1 + PERTURBED : -1] = rng.integers(0, (3, 3, 3, 3, 2, 2), shape, np.int8)
    solved, time, drift = (
        part.reshape(len(levels), each) for part in _play(env, lanes, actions.reshape(-1, *shape[2:]))
    )
    depth = _overlap(env.engine.capacity, batch)
    return [
        Quality(
            name=named.name,
            tags=named.tags,
            steps=int(time[row, 0] * solved[row, 0]),
            robust=float(solved[row, 1 : 1 + PERTURBED].mean()),
            random=float(solved[row, 1 + PERTURBED : -1].mean()),
            idle=bool(solved[row, -1]),
            depth=float(depth[row]),
            drift=float(drift[row, -1]),
        )
        for row, named in enumerate(levels)
    ]


def broken(quality: Quality, *, easy: bool = False) -> list[str]:
    """The rules that a level breaks; random play may solve the `easy` ones."""
    rules = {
        f"overlaps by {quality.depth:.4f} m": quality.depth > DEPTH,
        f"moves by {quality.drift:.2f} m": quality.drift > DRIFT and "moving" not in quality.tags,
        "solved by nothing": quality.idle,
        "solved at random": quality.random >= MOST_RANDOM and not easy,
        "no solution": not quality.steps,
        "fragile": quality.robust < LEAST_ROBUST and "precise" not in quality.tags,
    }
    return [rule for rule, holds in rules.items() if holds]


def easiest(found: Sequence[Quality]) -> set[str]:
    """The names of the levels that random play may solve."""
    return {quality.name for quality in sorted(found, key=lambda quality: -quality.random)[:EASY_LEVELS]}


def _play(
    env: KinetixEnv, lanes: Level, actions: Int[np.ndarray, "lane step 6"]
) -> tuple[Bool[np.ndarray, " lane"], Int[np.ndarray, " lane"], Float[np.ndarray, " lane"]]:
    """Whether each episode was solved, its environment steps, and the drift (m) in its first half second."""

    def episode(level: Level, actions: jax.Array) -> tuple[jax.Array, ...]:
        scene = level.scene
        movable = scene.active & (scene.inverse_mass > 0)

        def step(carry: Any, action: jax.Array) -> tuple[Any, None]:
            state, solved, time, drift = carry
            time += ~state.done
            state, _, info = env.advance(state, action.astype(jnp.int32))
            moved = jnp.linalg.norm(state.physics.position - level.state.position, axis=-1)
            drift = jnp.where(time <= HALF_SECOND, jnp.maximum(drift, jnp.where(movable, moved, 0).max()), drift)
            return (state, solved | info.solved, time, drift), None

        start = env.start(level)
        carry = (start, jnp.zeros((), bool), start.time, jnp.zeros(()))
        _, *ends = jax.lax.scan(step, carry, actions)[0]
        return tuple(ends)

    solved, time, drift = map(np.asarray, jax.jit(jax.vmap(episode))(lanes, jnp.asarray(actions)))
    return solved, time, drift


def _overlap(capacity: Capacity, levels: Level) -> Float[np.ndarray, " level"]:
    """The deepest overlap (m) of two bodies that no chain of joints connects."""
    found = jax.jit(jax.vmap(Engine(capacity).overlapping))(levels.scene, levels.state)
    slots, group = contact_slots(capacity), np.asarray(levels.scene.group)
    apart = group[:, np.asarray(slots.body_a)] != group[:, np.asarray(slots.body_b)]
    depth: np.ndarray = np.where(np.asarray(found.active) & apart, np.asarray(found.depth), 0).max(axis=1)
    return depth


def main() -> int:
    """Print a row for each level; 1 if a rule is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("levels", nargs="*", default=["suite:all"], help="level references")
    parser.add_argument("--markdown", action="store_true", help="a table for documents")
    options = parser.parse_args()
    levels = [named for reference in options.levels for named in find_levels(reference)]
    if options.markdown:
        print("| Level | What to do | Tags | Steps | Perturbed | Random |\n| --- | --- | --- | --- | --- | --- |")
    else:
        print(PLAIN.format("level", "size", "steps", "perturbed", "random", "breaks"))
    count = 0
    for size, capacity in SIZES.items():
        of_size = [named for named in levels if named.capacity == capacity]
        found = measure(of_size, size) if of_size else []
        for quality in found:
            rules = broken(quality, easy=quality.name in easiest(found))
            count += bool(rules)
            measured = (quality.steps or "-", f"{quality.robust:.2f}", f"{quality.random:.2f}")
            if options.markdown:
                text = next(named.description for named in of_size if named.name == quality.name)
                print(MARKDOWN.format(f"`{quality.name}`", text, ", ".join(quality.tags), *measured))
            else:
                print(PLAIN.format(quality.name, size.upper(), *measured, ", ".join(rules)))
    print(f"{len(levels)} levels, of which {count} break a rule.")
    return int(count > 0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KinetixError as error:
        sys.exit(f"suite_table: {error}")
