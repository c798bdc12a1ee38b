"""What a search reports: while it goes on, and at its end."""

from dataclasses import dataclass

__all__ = ["Progress", "SearchResult"]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a search has come."""

    stage: str  # what it is doing: "searching", or "steadying" a solution that small disturbances would spoil
    rollouts: int  # episodes played to their end
    seconds: float  # s since the search began
    budget: float  # s
    closest: float  # m, the least distance of green and blue in any episode


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """What a search found. That it found nothing proves nothing, unless `exhausted`."""

    solved: bool  # whether `actions` solve the level, in an episode played anew
    actions: tuple[tuple[int, ...], ...] = ()  # multi-discrete, one row per environment step, then nothing is done
    steps: int = 0  # environment steps until the level is solved
    robustness: float = 0.0  # fraction of slightly different starts from which the same actions solve it too
    closest: float  # m, the least distance of green and blue in any episode, summed over the pairs of them
    rollouts: int  # episodes played to their end
    seconds: float  # s that the search took
    exhausted: bool = False  # nothing in the level obeys an action, and doing nothing was tried
