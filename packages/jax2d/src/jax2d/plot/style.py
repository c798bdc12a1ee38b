"""Colours and sizes of all pictures.

The saturated colours are those of Okabe and Ito ("Color Universal Design", 2008), which stay apart with the
common kinds of colour blindness. What matters most is told apart by lightness and form as well, so that it
survives a grey print."""

__all__ = [
    "ARROW",
    "BACKGROUND",
    "BOUNDARY",
    "BOUNDARY_LINE",
    "CONTACT",
    "FLAME",
    "FLAME_CORE",
    "GHOST_LINE",
    "IMMOVABLE",
    "IMMOVABLE_LINE",
    "LIMIT",
    "LIMIT_LINE",
    "LINE_WIDTH",
    "MARK",
    "MARK_LINE",
    "MOVABLE",
    "MOVABLE_LINE",
    "NOZZLE",
    "PALETTE",
    "TEXT",
]

BACKGROUND = "#ffffff"
TEXT = "#333b45"
BOUNDARY, BOUNDARY_LINE = "#e3e6ea", "#9aa2ad"
IMMOVABLE, IMMOVABLE_LINE = "#737c88", "#333b45"
MOVABLE, MOVABLE_LINE = "#a9d6f2", "#0072b2"  # a tint of sky blue, blue
GHOST_LINE = "#56b4e9"  # sky blue, dashed, without a fill
MARK, MARK_LINE = "#ffffff", "#1d2530"  # joints
ARROW = "#d55e00"  # vermilion
LIMIT, LIMIT_LINE = "#f0d9e6", "#cc79a7"  # a tint of reddish purple, reddish purple
NOZZLE = "#1d2530"
FLAME, FLAME_CORE = "#e69f00", "#f0e442"  # orange, yellow
CONTACT = "#d55e00"

PALETTE = (
    BACKGROUND, TEXT, BOUNDARY, BOUNDARY_LINE, IMMOVABLE, IMMOVABLE_LINE, MOVABLE, MOVABLE_LINE, GHOST_LINE,
    MARK_LINE, ARROW, LIMIT, LIMIT_LINE, FLAME, FLAME_CORE,
)  # fmt: skip

LINE_WIDTH = 1.1  # points
