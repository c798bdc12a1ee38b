"""Episodes played and kept on the host: recordings, and the solutions of levels."""

from .episodes import play as play
from .recording import Ending as Ending
from .recording import Recording as Recording
from .recording import first_steps as first_steps
from .recording import record as record
from .recording import record_all as record_all

__all__ = [
    "Ending",
    "Recording",
    "first_steps",
    "play",
    "record",
    "record_all",
]
