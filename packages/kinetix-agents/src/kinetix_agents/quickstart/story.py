"""What came of it, as a table and in plain words."""

from collections.abc import Sequence

from ..evaluation.results import Estimate
from .exam import Marks

__all__ = ["SURE", "markdown", "table", "verdict"]

SURE = 3.0  # standard errors: less may be luck


def table(before: Marks, after: Marks, others: Sequence[Marks]) -> tuple[list[str], list[list[object]]]:
    """Header and rows: a row for each set of levels; solve rates with their standard errors over levels."""
    header = ["levels", "count", *(marks.who for marks in others), before.who, after.who, "difference", "z"]
    rows: list[list[object]] = []
    for name, found in after.found.items():
        change = found.difference(before.found[name])
        rates = [marks.found[name].solve_rate for marks in (*others, before, after)]
        rows.append([name, found.levels, *(str(rate) for rate in rates), str(change), f"{change.z:+.1f}"])
    return header, rows


def verdict(name: str, before: Marks, after: Marks, *, seen: bool) -> str:
    """One paragraph on the first set: whether it learnt, and how sure that is."""
    first, then = before.found[name], after.found[name]
    change = then.difference(first)
    levels = f"the {first.levels} levels of {name}" + (", on which it was trained" if seen else ", which it never saw")
    rates = f"{_percent(first.solve_rate)} of its attempts at {levels}, before training and {_percent(then.solve_rate)}"
    return f"{_opening(change)} The agent solved {rates} after it: {_points(change)}."


def _opening(change: Estimate) -> str:
    if change.z > SURE:
        return "It learnt."
    if change.z < -SURE:
        return "It got worse."
    return "It cannot be said whether it learnt: the difference may be luck. Train for longer."


def _percent(rate: Estimate) -> str:
    return f"{100 * rate.mean:.1f} %"


def _points(change: Estimate) -> str:
    return f"{100 * change.mean:+.1f} points, {abs(change.z):.1f} standard errors"


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table as Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
