"""A picture as an image: drawn several times larger and reduced, which smooths the edges."""

import numpy as np
from PIL import Image, ImageDraw

from .primitives import Circle, Colour, Line, Picture, Points, Polygon

__all__ = ["paint"]

OVERSAMPLING = 4  # pixels drawn for each pixel of the image, along one side
MOST_PIXELS = 8192  # drawn, along one side: a larger image has edges that are less smooth
HUGE = 100.0  # m, the radius from which a circle is drawn as a polygon, since Pillow visits every row of its box
CORNERS = 4096  # of that polygon


def paint(picture: Picture, size: int) -> Image.Image:
    """The picture as an image whose longer side has `size` pixels."""
    factor = max(1, min(OVERSAMPLING, MOST_PIXELS // size))
    canvas = _Canvas(picture, picture.window.pixels(size), factor)
    for shape in picture.shapes:
        canvas.add(shape)
    return canvas.image.reduce(factor)


class _Canvas:
    """An image at a multiple of the final resolution, drawn on in metres."""

    def __init__(self, picture: Picture, pixels: tuple[int, int], factor: int) -> None:
        window = picture.window
        width, height = (factor * side for side in pixels)
        self._origin = np.array([window.left, window.bottom])
        self._scale = max(width, height) / max(window.width, window.height)  # drawn pixels per metre
        self.image = Image.new("RGB", (width, height), picture.background)
        self._draw = ImageDraw.Draw(self.image)

    def add(self, shape: Polygon | Circle | Line) -> None:
        """Draw a shape above the others."""
        if isinstance(shape, Line):
            self._line(shape.points, shape.colour, shape.width)
        elif isinstance(shape, Polygon) or shape.radius > HUGE:
            self._polygon(shape)
        else:
            self._circle(shape)

    def _polygon(self, shape: Polygon | Circle) -> None:
        points = shape.points if isinstance(shape, Polygon) else _ring(shape)
        if shape.fill is not None:
            self._draw.polygon(self._pixels(points), fill=shape.fill)
        if shape.outline is not None:
            # once around and a side more, so that all corners are joined
            self._line(np.concatenate([points, points[:2]]), shape.outline, shape.width)

    def _circle(self, shape: Circle) -> None:
        radius, width = shape.radius, 0
        if shape.outline is not None:  # Pillow's line lies inside of the border
            radius, width = radius + shape.width / 2, self._length(shape.width)
        corners = np.stack([shape.centre + (-radius, radius), shape.centre + (radius, -radius)])
        self._draw.ellipse(self._pixels(corners), fill=shape.fill, outline=shape.outline, width=width)

    def _line(self, points: Points, colour: Colour, width: float) -> None:
        self._draw.line(self._pixels(points), fill=colour, width=self._length(width), joint="curve")

    def _length(self, metres: float) -> int:
        return max(round(metres * self._scale), 1)

    def _pixels(self, points: Points) -> list[tuple[float, float]]:
        flipped = (points - self._origin) * self._scale
        height = self.image.height
        return [(float(x), height - float(y)) for x, y in flipped]


def _ring(circle: Circle) -> Points:
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    return np.asarray(circle.centre + circle.radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1))
