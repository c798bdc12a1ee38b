"""Is a level possible? `solve` looks for actions that solve it, `replay` plays them again."""

from .replay import Replay as Replay
from .replay import replay as replay
from .results import Progress as Progress
from .results import SearchResult as SearchResult
from .solver import solve as solve

__all__ = ["Progress", "Replay", "SearchResult", "replay", "solve"]
