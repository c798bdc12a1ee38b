"""What curricula are made of, for those that you write: levels as rows of numbers, new levels, and draws of slots."""

from .buffer import LevelBuffer as LevelBuffer
from .fresh import fresh_rows as fresh_rows
from .packing import Packing as Packing
from .replay import Replay as Replay
from .replay import draw as draw
from .replay import uniform as uniform

__all__ = ["LevelBuffer", "Packing", "Replay", "draw", "fresh_rows", "uniform"]
