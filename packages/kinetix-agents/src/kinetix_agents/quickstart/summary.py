"""The results of a quickstart as a table and as one paragraph."""

from collections.abc import Sequence

from ..evaluation.results import Estimate
from .evaluation import AgentResults

__all__ = ["SIGNIFICANT", "markdown", "table", "verdict"]

SIGNIFICANT = 3.0  # standard errors: a smaller difference may be chance


def table(
    before: AgentResults, after: AgentResults, others: Sequence[AgentResults]
) -> tuple[list[str], list[list[object]]]:
    """Return header and rows, one row per set of levels: success rates with their standard errors over levels."""
    header = ["levels", "count", *(agent.label for agent in others), before.label, after.label, "difference", "z"]
    rows: list[list[object]] = []
    for name, found in after.by_set.items():
        change = found.difference(before.by_set[name])
        rates = [agent.by_set[name].solve_rate for agent in (*others, before, after)]
        rows.append([name, found.levels, *(str(rate) for rate in rates), str(change), f"{change.z:+.1f}"])
    return header, rows


def verdict(name: str, before: AgentResults, after: AgentResults, *, seen: bool) -> str:
    """Return one paragraph on a set: whether the agent learnt, and how significant the difference is.

    `seen` is true if the agent was trained on these levels.
    """
    first, last = before.by_set[name], after.by_set[name]
    change = last.difference(first)
    levels = f"the {first.levels} levels of {name}" + (", on which it was trained" if seen else ", which it never saw")
    rates = f"{_percent(first.solve_rate)} of its attempts at {levels}, before training and {_percent(last.solve_rate)}"
    return f"{_opening(change)} The agent solved {rates} after it: {_points(change)}."


def _opening(change: Estimate) -> str:
    if change.z > SIGNIFICANT:
        return "It learnt."
    if change.z < -SIGNIFICANT:
        return "It got worse."
    return "It is not clear whether it learnt: the difference is not significant. Train for longer."


def _percent(rate: Estimate) -> str:
    return f"{100 * rate.mean:.1f} %"


def _points(change: Estimate) -> str:
    return f"{100 * change.mean:+.1f} points, {abs(change.z):.1f} standard errors"


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table as Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
