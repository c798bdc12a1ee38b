"""Counts, success rates and comparisons in words, for terminals and pages."""

from .significance import Change, Rate

__all__ = ["conclusion", "count_of", "interval_of", "opening", "percent"]


def count_of(count: int, one: str) -> str:
    """Return a count with its noun, such as "1 level" or "2,000 levels"."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def percent(fraction: float) -> str:
    """Return a fraction such as "45.6 %"."""
    return f"{100 * fraction:.1f} %"


def interval_of(rate: Rate) -> str:
    """Return a rate with its 95 % interval, such as "45.6 % (41.0 to 50.2)"."""
    return f"{percent(rate.mean)} ({100 * rate.low:.1f} to {100 * rate.high:.1f})"


def opening(change: Change) -> str:
    """Return whether an agent learnt between two evaluations, as one sentence or two."""
    if change.before.mean == change.after.mean == 1.0:
        return "It solved every attempt already before training."
    if not change.significant:
        return "It is not clear whether it learnt: the difference is not significant. Train for longer."
    return "It learnt." if change.difference.mean > 0 else "It got worse."


def conclusion(change: Change) -> str:
    """Return a difference with its interval and p-value, such as "+33.6 points (30.1 to 37.1; p < 0.0001, ...)"."""
    difference = change.difference
    interval = f"{100 * difference.low:+.1f} to {100 * difference.high:+.1f}"
    return f"{100 * difference.mean:+.1f} points (95 % interval {interval}; {change.p_text}, {change.test})"
