"""For renderers on top of this one: its colours, its checks of sizes and files, and its grids of pictures."""

from .checks import LARGEST as LARGEST
from .checks import check_columns as check_columns
from .checks import check_path as check_path
from .checks import check_size as check_size
from .checks import write as write
from .film import Progress as Progress
from .gif_encoder import MAX_GIF_FPS as MAX_GIF_FPS
from .grid import Grid as Grid
from .mp4_encoder import MAX_MP4_FPS as MAX_MP4_FPS
from .mp4_encoder import check_video as check_video
from .primitives import Colour as Colour
from .style import BLACK as BLACK
from .style import DARKER as DARKER
from .style import FLAME as FLAME
from .style import FLAME_CORE as FLAME_CORE
from .style import JOINT as JOINT
from .style import LINE as LINE
from .style import THRUSTER as THRUSTER
from .style import WHITE as WHITE
from .style import dimmed as dimmed
from .vector import NAMESPACE as NAMESPACE
from .vector import element as element
from .windows import MARGIN as MARGIN

__all__ = [
    "BLACK",
    "DARKER",
    "FLAME",
    "FLAME_CORE",
    "JOINT",
    "LARGEST",
    "LINE",
    "MARGIN",
    "MAX_GIF_FPS",
    "MAX_MP4_FPS",
    "NAMESPACE",
    "THRUSTER",
    "WHITE",
    "Colour",
    "Grid",
    "Progress",
    "check_columns",
    "check_path",
    "check_size",
    "check_video",
    "dimmed",
    "element",
    "write",
]
