"""Plain pictures of levels for people, drawn with numpy and Pillow: `draw` one, or a `contact_sheet` of many."""

from .level_picture import draw as draw
from .sheet import contact_sheet as contact_sheet

__all__ = ["contact_sheet", "draw"]
