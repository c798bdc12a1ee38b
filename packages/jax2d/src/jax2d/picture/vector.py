"""A picture as SVG: plain text with a group for each body, joint and thruster, crisp at any size.

Coordinates in the text are those of the world: metres, y upwards. Groups have classes such as
`body body-4 green movable`, by which style sheets and programs find them."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from .primitives import Circle, Colour, Group, Line, Picture, Points, Polygon

__all__ = ["NAMESPACE", "document", "element"]

NAMESPACE = "http://www.w3.org/2000/svg"
DECIMALS = 4  # of metres


def document(picture: Picture, size: int, title: str) -> str:
    """The SVG of a picture; its longer side has `size` pixels where a page does not set another size."""
    width, height = picture.window.pixels(size)
    return element(picture, f'xmlns="{NAMESPACE}" width="{width}" height="{height}"', title) + "\n"


def element(picture: Picture, attributes: str, title: str) -> str:
    """The picture as an `svg` element with these attributes, which say where and how large it is."""
    window = picture.window
    x, y, width, height = (_number(part) for part in (window.left, -window.top, window.width, window.height))
    lines = [
        f'<svg {attributes} viewBox="{x} {y} {width} {height}" role="img">',
        f"<title>{_text(title)}</title>",
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{_colour(picture.background)}"/>',
        '<g transform="scale(1 -1)" stroke-linejoin="round">',
        *(line for group in picture.groups for line in _group(group)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines)


def _group(group: Group) -> Iterator[str]:
    yield f'<g class="{_text(group.kind)}">'
    for shape in group.shapes:
        yield f"  {_shape(shape)}"
    yield "</g>"


def _shape(shape: Polygon | Circle | Line) -> str:
    if isinstance(shape, Line):
        stroke = f'stroke="{_colour(shape.colour)}" stroke-width="{_number(shape.width)}"'
        return f'<polyline points="{_points(shape.points)}" fill="none" {stroke}/>'
    paint = f'fill="{"none" if shape.fill is None else _colour(shape.fill)}"'
    if shape.outline is not None:
        paint += f' stroke="{_colour(shape.outline)}" stroke-width="{_number(shape.width)}"'
    if isinstance(shape, Circle):
        x, y = (_number(float(part)) for part in shape.centre)
        return f'<circle cx="{x}" cy="{y}" r="{_number(shape.radius)}" {paint}/>'
    return f'<polygon points="{_points(shape.points)}" {paint}/>'


def _points(points: Points) -> str:
    return " ".join(f"{_number(float(x))},{_number(float(y))}" for x, y in points)


def _number(value: float) -> str:
    """A length in m as text, rounded to 0.1 mm."""
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _colour(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _text(text: str) -> str:
    """Text as XML can hold it, in elements and in attributes."""
    kept = "".join(character for character in text if character.isprintable())
    return escape(kept, {'"': "&quot;"})
