"""Pictures of one size in rows and columns."""

import math
from dataclasses import dataclass

from ..errors import SceneError
from .checks import LARGEST

__all__ = ["Grid"]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Equal cells that are filled row by row; all lengths are in pixels."""

    count: int  # cells
    columns: int  # cells per row
    cell: tuple[int, int]  # width and height
    gap: int  # between cells
    around: int  # left and right of all cells together; above and below them as well

    @property
    def width(self) -> int:
        """Total width of cells and gaps in pixels."""
        return self.columns * (self.cell[0] + self.gap) - self.gap + self.around

    @property
    def height(self) -> int:
        """Total height of cells and gaps in pixels."""
        return math.ceil(self.count / self.columns) * (self.cell[1] + self.gap) - self.gap + self.around

    def place(self, index: int) -> tuple[int, int]:
        """The upper left corner of a cell."""
        row, column = divmod(index, self.columns)
        first = self.around // 2
        return first + column * (self.cell[0] + self.gap), first + row * (self.cell[1] + self.gap)

    def check_film(self, what: str) -> None:
        """Refuse a film whose frames are too large; `what` is shown in it."""
        if max(self.width, self.height) > LARGEST:
            raise SceneError(
                f"A film has at most {LARGEST} pixels along one side, got {self.width} x {self.height}: "
                f"make it of smaller or fewer {what}."
            )
