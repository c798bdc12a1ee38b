"""Record how the levels of a suite can be solved: hatch run python scripts/solve_suite.py [--split s] [--out FILE].

Prints a table: for each level the share of episodes that uniform random play solves, whether doing nothing solves it,
and the schedule that was found. A schedule is a list of [action, environment steps], after which nothing is done.

The search is an evolution of schedules. Each round plays, of every parent, the schedule itself, copies whose durations
are a step longer or shorter here and there, and mutants. A parent is worth the share of its copies that solve the
level, so that what is recorded does not hang on the last bits of a float; ties go to short schedules, and before
anything solves the level to those that bring green close to blue. All levels are played in one program."""

import argparse
import json
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from kinetix_env import KinetixEnv, Level, make
from kinetix_env.levels import NamedLevel, stack
from kinetix_env.suites import suite

PARENTS, CHILDREN = 8, 16  # schedules of a level that are kept, and variants of each that are played
COPIES = CHILDREN // 2  # of which so many differ by single steps only
LANES = PARENTS * CHILDREN
COAST = 6  # environment steps for which the last action is held after the level is solved
LONGEST = 60  # environment steps of one action

Schedule = list[tuple[tuple[int, ...], int]]


class Ends(NamedTuple):
    """How episodes ended, [level, lane]."""

    solved: np.ndarray
    failed: np.ndarray
    distance: np.ndarray  # m, the least between green and blue
    time: np.ndarray  # environment steps played


def main() -> None:
    """Search, print the table, write the schedules."""
    parser = argparse.ArgumentParser(description="Record schedules of actions that solve the levels of a suite.")
    parser.add_argument("--split", default="s", help="split of the suite, whose name is its size")
    parser.add_argument("--rounds", type=int, default=12, help="rounds of the search")
    parser.add_argument("--seed", type=int, default=0, help="of the search and of random play")
    parser.add_argument("--out", type=Path, help="write the schedules into this file (.json)")
    options = parser.parse_args()
    levels, rng = suite(options.split), np.random.default_rng(options.seed)
    play = player(make(f"kinetix-{options.split}"), levels)
    nothing = play(np.zeros((len(levels), LANES, 1, 6), np.int32))
    chance = play(random_actions(rng, len(levels)))
    best = search(play, levels, rng, options.rounds)
    print(f"{'level':16}{'random':>8}{'failed':>8}{'nothing':>9}{'robust':>8}{'steps':>7}  schedule")
    for row, named in enumerate(levels):
        schedule, share = best[row]
        shares = f"{chance.solved[row].mean():8.2f}{chance.failed[row].mean():8.2f}{nothing.solved[row].mean():9.2f}"
        print(f"{named.name:16}{shares}{share:8.2f}{sum(hold for _, hold in schedule):7d}  {brief(schedule)}")
    if options.out is not None:
        found = {named.name: best[row][0] for row, named in enumerate(levels)}
        lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(schedule)}" for name, schedule in found.items())
        options.out.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def player(env: KinetixEnv, levels: tuple[NamedLevel, ...]) -> Any:
    """A function from actions [level, lane, step, 6] to how the episodes end."""
    batch = stack([named.level for named in levels])

    def episode(level: Level, actions: jax.Array) -> tuple[jax.Array, ...]:
        def step(carry: Any, action: jax.Array) -> tuple[Any, None]:
            state, solved, failed, least, time = carry
            time += ~state.done
            state, _, info = env.advance(state, action)
            return (state, solved | info.solved, failed | info.failed, jnp.minimum(least, info.distance), time), None

        no, start = jnp.zeros((), bool), env.start(level)
        _, solved, failed, least, time = jax.lax.scan(step, (start, no, no, start.distance, start.time), actions)[0]
        return solved, failed, least, time

    program = jax.jit(jax.vmap(jax.vmap(episode, in_axes=(None, 0))))

    def play(actions: np.ndarray) -> Ends:
        shape = (*actions.shape[:2], env.horizon, actions.shape[-1])
        return Ends(*map(np.asarray, program(batch, jnp.asarray(np.broadcast_to(actions, shape)))))

    return play


def random_actions(rng: np.random.Generator, levels: int, steps: int = 256) -> np.ndarray:
    """Uniform actions, [level, lane, step, 6]."""
    return rng.integers(0, (3, 3, 3, 3, 2, 2), (levels, LANES, steps, 6), dtype=np.int32)


def search(
    play: Any, levels: tuple[NamedLevel, ...], rng: np.random.Generator, rounds: int
) -> list[tuple[Schedule, float]]:
    """The best schedule found for each level, and the share of its slightly changed copies that solve it."""
    choices = [useful_actions(named) for named in levels]
    parents = [[random_schedule(rng, choice) for _ in range(PARENTS)] for choice in choices]
    best: list[tuple[float, Schedule, float]] = [(-np.inf, [], 0.0)] * len(levels)
    for _ in range(rounds):
        tried = [
            [variant(rng, choice, parent, child) for parent in group for child in range(CHILDREN)]
            for choice, group in zip(choices, parents, strict=True)
        ]
        ends = play(np.array([[unrolled(schedule) for schedule in lanes] for lanes in tried]))
        for row, lanes in enumerate(tried):
            worth = worths(Ends(*(part[row] for part in ends)), lanes)
            for place in range(0, LANES, CHILDREN):
                solved = ends.solved[row, place : place + COPIES]
                value = float(solved.mean()) - 0.01 * len(lanes[place]) + 0.001 * float(worth[place])
                if solved[0] and value > best[row][0]:
                    best[row] = (value, cut(lanes[place], int(ends.time[row, place])), float(solved.mean()))
            order = np.argsort(-worth, kind="stable")
            old, new = order[order % CHILDREN == 0], order[order % CHILDREN != 0]
            kept = [lanes[place] for place in (*old[: PARENTS // 2 - 1], *new[: PARENTS // 2 - 1])]
            parents[row] = [*kept, random_schedule(rng, choices[row]), random_schedule(rng, choices[row])]
    return [(schedule, share) for _, schedule, share in best]


def worths(ends: Ends, lanes: list[Schedule]) -> np.ndarray:
    """What a schedule is worth, [lane]: to solve, robustly where known, in few and short pieces; else to come close."""
    length = np.array([len(schedule) for schedule in lanes])
    worth = np.where(ends.solved, 10 - ends.time / 256 - 0.2 * length, -ends.distance - 0.5 * ends.failed)
    copies = ends.solved.reshape(PARENTS, CHILDREN)[:, :COPIES].mean(1)
    worth.reshape(PARENTS, CHILDREN)[:, 0] += 5 * copies * ends.solved.reshape(PARENTS, CHILDREN)[:, 0]
    return worth


def useful_actions(named: NamedLevel) -> list[tuple[int, ...]]:
    """All actions that move only what the level has."""
    joints, thrusters = named.level.scene.joints, named.level.scene.thrusters
    driven = np.asarray(joints.active & joints.motor & ~named.level.motor_auto)
    motors = set(np.asarray(named.level.motor_binding)[driven].tolist())
    firing = set(np.asarray(named.level.thruster_binding)[np.asarray(thrusters.active)].tolist())
    parts = [*(range(3 if k in motors else 1) for k in range(4)), *(range(2 if k in firing else 1) for k in range(2))]
    return list(product(*parts))


def random_schedule(rng: np.random.Generator, choices: list[tuple[int, ...]]) -> Schedule:
    """One to eight actions, each held for a time drawn from a heavy-tailed distribution."""
    return [random_piece(rng, choices) for _ in range(rng.integers(1, 9))]


def random_piece(rng: np.random.Generator, choices: list[tuple[int, ...]]) -> tuple[tuple[int, ...], int]:
    """An action and how long it is held: log-uniform from 1 step to LONGEST."""
    return choices[rng.integers(len(choices))], int(np.exp(rng.uniform(0, np.log(LONGEST))))


def variant(rng: np.random.Generator, choices: list[tuple[int, ...]], parent: Schedule, child: int) -> Schedule:
    """The parent (child 0), a copy of which some durations differ by a step, or a mutant."""
    if child == 0:
        return parent
    if child < COPIES:
        return [(action, max(1, hold + int(rng.integers(-1, 2)))) for action, hold in parent]
    mutant = list(parent)
    place = int(rng.integers(len(mutant)))
    match rng.integers(4):
        case 0:
            mutant[place] = random_piece(rng, choices)
        case 1:
            mutant.insert(place, random_piece(rng, choices))
        case 2 if len(mutant) > 1:
            del mutant[place]
        case _:
            action, hold = mutant[place]
            mutant[place] = (action, max(1, min(LONGEST, round(hold * float(np.exp(rng.normal(0, 0.4)))))))
    return mutant


def unrolled(schedule: Schedule, steps: int = 256) -> np.ndarray:
    """The actions of a schedule, step by step, [step, 6]."""
    rows, start = np.zeros((steps, 6), np.int32), 0
    for action, hold in schedule:
        rows[start : start + hold], start = action, start + hold
    return rows


def cut(schedule: Schedule, solved_at: int) -> Schedule:
    """The schedule without what comes well after the level is solved."""
    left, pieces = solved_at + COAST, Schedule()
    for action, hold in schedule:
        if left <= 0:
            break
        piece = (action, min(hold, left))
        if pieces and pieces[-1][0] == action:
            piece = (action, pieces.pop()[1] + piece[1])
        pieces.append(piece)
        left -= hold
    return pieces


def brief(schedule: Schedule) -> str:
    """Such as "000010 x12"."""
    return ", ".join(f"{''.join(map(str, action))} x{hold}" for action, hold in schedule)


if __name__ == "__main__":
    main()
