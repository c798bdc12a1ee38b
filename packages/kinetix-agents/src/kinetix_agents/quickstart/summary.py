"""The results of a quickstart as a table and as one paragraph."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from ..evaluation.results import Evaluation
from ..evaluation.significance import Change
from ..evaluation.words import conclusion, count_of, opening, percent
from .evaluation import AgentResults

__all__ = ["markdown", "table", "verdict"]


def table(
    before: AgentResults, after: AgentResults, others: Sequence[AgentResults]
) -> tuple[list[str], list[list[object]]]:
    """Return header and rows, one row per set of levels: success rates with their standard errors over levels."""
    header = ["levels", "count", *(agent.label for agent in others), before.label, after.label, "difference", "z"]
    rows: list[list[object]] = []
    for name, found in after.by_set.items():
        change = found.difference(before.by_set[name])
        rates = [agent.by_set[name].solve_rate for agent in (*others, before, after)]
        z = f"{change.z:+.1f}" if math.isfinite(change.z) else ""
        rows.append([name, found.levels, *(str(rate) for rate in rates), str(change), z])
    return header, rows


def verdict(name: str, before: AgentResults, after: AgentResults, *, seen: bool) -> str:
    """Return one paragraph on a set: whether the agent learnt, and how significant the difference is.

    `seen` is true if the agent was trained on these levels.
    """
    first, last = before.by_set[name], after.by_set[name]
    change = Change.of(_counts(first), _counts(last))
    if last.levels == 1:
        levels = name
        rates = [f"{found.solved.sum()} of {count_of(found.attempts, 'attempt')}" for found in (first, last)]
    else:
        levels = f"the {count_of(last.levels, 'level')} of {name}"
        rates = [f"{percent(change.before.mean)} of its attempts", percent(change.after.mean)]
    known = "on which it was trained" if seen else "which it never saw"
    at = f"at {levels}, {known},"
    difference = f"before training and {rates[1]} after it: {conclusion(change)}."
    return f"{opening(change)} The agent solved {rates[0]} {at} {difference}"


def _counts(found: Evaluation) -> tuple[Int[np.ndarray, " level"], Int[np.ndarray, " level"]]:
    return found.solved.sum(axis=1), np.full(found.levels, found.attempts)


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table as Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
