"""An image whose units are metres, y upwards. Drawn several times larger and reduced, which smooths the edges."""

import numpy as np
from jaxtyping import Float
from PIL import Image, ImageDraw

__all__ = ["Canvas", "Colour"]

Colour = tuple[int, int, int]  # red, green, blue, 0 to 255

OVERSAMPLING = 4  # pixels drawn for each pixel of the picture, along one side

Points = Float[np.ndarray, "point 2"]


class Canvas:
    """A square picture of the square of the world from `low` to `high` (m) in both directions."""

    def __init__(self, size: int, low: float, high: float, background: Colour) -> None:
        self._size = size
        self._low, self._scale = low, size * OVERSAMPLING / (high - low)
        self._image = Image.new("RGB", (size * OVERSAMPLING,) * 2, background)
        self._draw = ImageDraw.Draw(self._image)

    def polygon(self, points: Points, fill: Colour | None, outline: Colour | None = None, width: float = 0.0) -> None:
        """Fill a polygon of corners in m, and trace its border with a line of a width in m."""
        corners = self._pixels(points)
        if fill is not None:
            self._draw.polygon(corners, fill=fill)
        if outline is not None:
            self._draw.line([*corners, *corners[:2]], fill=outline, width=self._length(width), joint="curve")

    def circle(
        self, centre: Points, radius: float, fill: Colour | None, outline: Colour | None = None, width: float = 0.0
    ) -> None:
        """Fill a circle of a centre [1, 2] and a radius in m; the border lies inside of it."""
        box = [tuple(centre[0] + (-radius, radius)), tuple(centre[0] + (radius, -radius))]
        self._draw.ellipse(self._pixels(np.array(box)), fill=fill, outline=outline, width=self._length(width))

    def line(self, points: Points, colour: Colour, width: float) -> None:
        """A line through points, of a width in m."""
        self._draw.line(self._pixels(points), fill=colour, width=self._length(width), joint="curve")

    def image(self) -> Image.Image:
        """The picture so far."""
        return self._image.resize((self._size, self._size), Image.Resampling.BOX)

    def _length(self, metres: float) -> int:
        return max(round(metres * self._scale), 1)

    def _pixels(self, points: Points) -> list[tuple[float, float]]:
        flipped = (np.asarray(points, float) - self._low) * self._scale
        height = self._image.height
        return [(float(x), height - float(y)) for x, y in flipped]
