"""Plans: the actions of a whole episode, made of actions that are held.

A plan is an array [step, actuator] of multi-discrete actions. Random plans hold each action for a time that is
log-uniform, so that taps and long pushes are as likely as each other: either the whole action, or each actuator at
times of its own; and now and then the beginning is repeated over and over, as a gait is. Changes of a plan keep this
form. They are made before the moment in which the plan came closest, since what follows brought nothing."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Int, Int8

__all__ = ["Plan", "Planner"]

Plan = Int8[np.ndarray, "step actuator"]

LONGEST = 64  # environment steps that an action is held in a random plan; the rest of the episode if it is the last
GAITS = 0.2  # fraction of random plans that repeat themselves
APART = 0.5  # fraction of random plans in which each actuator has its own times
AGAIN = 0.5  # probability of one more change of a plan, and of yet another one


class Planner:
    """Draws plans and changes them. `counts` is the number of choices per actuator."""

    def __init__(self, rng: np.random.Generator, counts: Int[np.ndarray, " actuator"], horizon: int) -> None:
        self.rng, self.counts, self.horizon = rng, counts, horizon
        self.driven = np.flatnonzero(counts > 1)

    def idle(self) -> Plan:
        """The plan that does nothing in every step."""
        return np.zeros((self.horizon, len(self.counts)), np.int8)

    def constant(self, most: int) -> list[Plan]:
        """Plans that hold a single action throughout: all of them, or `most` drawn at random. The first is no-op."""
        number = int(self.counts.prod())
        picked = self.rng.permutation(np.arange(1, number))[: most - 1]
        actions = np.stack(np.unravel_index(np.concatenate([[0], picked]), tuple(self.counts.tolist())), axis=-1)
        return [np.repeat(action[None].astype(np.int8), self.horizon, axis=0) for action in actions]

    def random(self) -> Plan:
        """A plan of held actions."""
        plan = self.idle()
        if len(self.driven) > 1 and self.rng.random() < APART:
            for actuator in self.driven:
                self._fill(plan[:, actuator : actuator + 1], self.counts[actuator : actuator + 1])
        else:
            self._fill(plan, self.counts)
        if self.rng.random() < GAITS:
            period = int(np.exp(self.rng.uniform(np.log(4), np.log(LONGEST))))
            plan = np.resize(plan[:period], plan.shape)
        return plan

    def continued(self, plan: Plan, time: int) -> Plan:
        """The plan up to a time, and a random one after it."""
        rest = self.random()
        if time and self.rng.random() < AGAIN:  # go on with the action of the moment for a while
            rest[: self._hold()] = plan[time - 1]
        return np.concatenate([plan[:time], rest[: self.horizon - time]])

    def changed(self, plan: Plan, before: int, other: Plan) -> Plan:
        """The plan with one or more changes that begin before a time; `other` is one to borrow from."""
        plan = plan.copy()
        changes: list[Callable[[Plan, int], None]]
        changes = [self._overwrite, self._overwrite_one, self._insert, self._delete, self._shift_edge]
        while True:
            start = int(self.rng.integers(max(1, before)))
            which = int(self.rng.integers(len(changes) + 1))
            if which < len(changes):
                changes[which](plan, start)
            elif self.rng.random() < AGAIN:
                plan[start:] = other[start:]
            else:
                plan[start:] = self.random()[: self.horizon - start]
            if self.rng.random() >= AGAIN:
                return plan

    def nudged(self, plan: Plan, before: int) -> Plan:
        """The plan with some of its edges moved by a little."""
        plan = plan.copy()
        for _ in range(int(self.rng.integers(1, 5))):
            start = int(self.rng.integers(max(1, before)))
            change = (self._insert, self._delete, self._shift_edge, self._overwrite_one)[int(self.rng.integers(4))]
            change(plan, start)
        return plan

    def _fill(self, part: Int8[np.ndarray, "step some"], counts: Int[np.ndarray, " some"]) -> None:
        """Write held actions into a part of a plan."""
        start = 0
        while start < len(part):
            stop = start + self._hold()
            part[start:stop] = self.rng.integers(0, counts)
            start = stop

    def _hold(self) -> int:
        """A random hold time in environment steps, log-uniform from 1 to LONGEST."""
        return int(np.exp(self.rng.uniform(0, np.log(LONGEST + 1))))

    def _overwrite(self, plan: Plan, start: int) -> None:
        plan[start : start + self._hold()] = self.rng.integers(0, self.counts)

    def _overwrite_one(self, plan: Plan, start: int) -> None:
        actuator = self.rng.choice(self.driven)
        plan[start : start + self._hold(), actuator] = self.rng.integers(0, self.counts[actuator])

    def _insert(self, plan: Plan, start: int) -> None:
        """Hold the action at `start` for longer and delay the rest of the plan, in place."""
        longer = min(self._short(), self.horizon - start)
        plan[start + longer :] = plan[start : self.horizon - longer].copy()
        plan[start : start + longer] = plan[start]

    def _delete(self, plan: Plan, start: int) -> None:
        """Remove some steps from `start` on and advance the rest of the plan, in place."""
        shorter = min(self._short(), self.horizon - start - 1)
        plan[start : self.horizon - shorter] = plan[start + shorter :].copy()

    def _shift_edge(self, plan: Plan, start: int) -> None:
        """Move the next change of action and keep the rest of the plan in its place."""
        edges = np.flatnonzero((plan[start + 1 :] != plan[start:-1]).any(axis=1))
        if not len(edges):
            return
        edge, by = start + 1 + int(edges[0]), self._short()
        if self.rng.random() < AGAIN:
            plan[edge : edge + by] = plan[edge - 1]
        else:
            plan[max(0, edge - by) : edge] = plan[edge]

    def _short(self) -> int:
        """A random number of environment steps, mostly small."""
        return int(self.rng.geometric(0.3))
