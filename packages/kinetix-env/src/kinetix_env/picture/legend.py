"""What colours and marks mean in pictures of levels, as a piece of HTML: roles, motors, thrusters, endings."""

from collections.abc import Iterable

from jax2d.picture.toolkit import Colour

from ..play.recording import Ending
from .film import BORDERS
from .style import BLACK, FLAME, MOTORS, ROLES, THRUSTERS, WHITE, dimmed

__all__ = ["legend"]

SIDE = 16  # of a mark, in pixels
ROLE_WORDS = ("nothing special", "must touch blue", "the goal", "must never touch green")
ENDING_WORDS: dict[Ending, str] = {"solved": "solved", "failed": "failed", "timed out": "out of time or cut off"}


def legend() -> str:
    """Return a block that is folded until it is clicked. It has no style sheet of its own and needs no other file."""
    bodies = [(_square(colour), words) for colour, words in zip(ROLES, ROLE_WORDS, strict=True)]
    bodies.append((_square(dimmed(ROLES[0])), "darker: cannot move"))
    motors = [(_ring(colour), str(number)) for number, colour in enumerate(MOTORS)]
    motors += [
        (_ring(WHITE, BLACK), "with a dot: runs by itself"),
        (_arrow(MOTORS[0]), "with an arrow: turns that way"),
        (_ring(WHITE), "white: a joint without a motor"),
        (_cross(), "fixed joint"),
    ]
    thrusters = [(_triangle(colour), str(number)) for number, colour in enumerate(THRUSTERS)]
    thrusters.append((_square(FLAME), "with a flame: fires"))
    borders = [(_frame(BORDERS[ending]), words) for ending, words in ENDING_WORDS.items()]
    rows = (
        ("Shapes", bodies),
        ("Motors, by the control that drives them", motors),
        ("Thrusters, by the control that drives them", thrusters),
        ("Borders of films", borders),
    )
    body = "\n".join(_row(name, entries) for name, entries in rows)
    return f'<details class="legend">\n<summary>What colours and marks mean</summary>\n{body}\n</details>'


def _row(name: str, entries: Iterable[tuple[str, str]]) -> str:
    pairs = " ".join(
        f'<span style="display: inline-block; margin-right: .8em">{mark} {words}</span>' for mark, words in entries
    )
    return f'<p><strong style="margin-right: .8em">{name}</strong> {pairs}</p>'


def _square(colour: Colour) -> str:
    return _mark(f'<rect x="1" y="1" width="14" height="14" rx="2" fill="{_hex(colour)}" stroke="{_hex(BLACK)}"/>')


def _frame(colour: Colour) -> str:
    return _mark(f'<rect x="2" y="2" width="12" height="12" fill="none" stroke="{_hex(colour)}" stroke-width="4"/>')


def _ring(colour: Colour, dot: Colour | None = None) -> str:
    inner = "" if dot is None else f'<circle cx="8" cy="8" r="2.2" fill="{_hex(dot)}"/>'
    ring = f'<circle cx="8" cy="8" r="6" fill="{_hex(colour)}" stroke="{_hex(BLACK)}" stroke-width="2"/>'
    return _mark(ring + inner)


def _arrow(colour: Colour) -> str:
    arrow = f'<polyline points="1,9 1,4 4,1 12,1" fill="none" stroke="{_hex(colour)}" stroke-width="2"/>'
    tip = f'<polygon points="11,-2 16,1 11,5" fill="{_hex(colour)}"/>'
    ring = f'<circle cx="9" cy="10" r="4" fill="{_hex(colour)}" stroke="{_hex(BLACK)}" stroke-width="1.5"/>'
    return _mark(arrow + tip + ring)


def _cross() -> str:
    return _mark('<rect width="16" height="16" rx="2" fill="#fff"/>' + "".join(
        f'<polyline points="{points}" fill="none" stroke="{_hex(BLACK)}" stroke-width="3"/>'
        for points in ("3,3 13,13", "3,13 13,3")
    ))  # fmt: skip


def _triangle(colour: Colour) -> str:
    return _mark(f'<polygon points="14,8 2,2 2,14" fill="{_hex(colour)}" stroke="{_hex(BLACK)}"/>')


def _mark(shapes: str) -> str:
    box = f'width="{SIDE}" height="{SIDE}" viewBox="0 0 {SIDE} {SIDE}"'
    return f'<svg {box} style="vertical-align: -3px" aria-hidden="true">{shapes}</svg>'


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
