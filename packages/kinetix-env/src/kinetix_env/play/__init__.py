"""Episodes played and kept on the host: recordings, and the solutions of levels."""

from .episodes import play as play
from .recording import Ending as Ending
from .recording import Recording as Recording
from .recording import Steps as Steps
from .recording import record as record
from .recording import record_all as record_all
from .recording import recordings as recordings

__all__ = [
    "Ending",
    "Recording",
    "Steps",
    "play",
    "record",
    "record_all",
    "recordings",
]
