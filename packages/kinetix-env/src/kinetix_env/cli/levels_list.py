"""`kinetix levels list`."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import tyro

__all__ = ["LevelsList"]

HELP = "a file, a folder, suite:SPLIT or held-out:SIZE"


@dataclass(frozen=True, kw_only=True)
class LevelsList:
    """List levels, or without an argument what levels there are.

    LEVELS is a file, a folder of files, suite:SPLIT or held-out:SIZE.
    """

    name: ClassVar[str] = "levels list"
    levels: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="LEVELS", help=HELP)] = None

    def run(self) -> None:
        """Print a table."""
        if self.levels is None:
            _list_references()
            return
        from ..sources.references import find_levels
        from .tables import print_levels

        print_levels(find_levels(self.levels))


def _list_references() -> None:
    from ..level.sizes import SIZES
    from ..sources.held_out import COUNT
    from ..sources.suites import splits, suite
    from .output import print_table
    from .tables import amount

    rows: list[list[object]] = []
    for size, room in SIZES.items():
        kinds = {"polygon": room.movable_polygons, "circle": room.circles}
        kinds |= {"joint": room.joints, "thruster": room.thrusters}
        rows.append([f"random:{size}", f"at most {', '.join(amount(count, one) for one, count in kinds.items())}"])
    rows += [[f"held-out:{size}", f"{COUNT} fixed random levels"] for size in SIZES]
    rows += [[f"suite:{split}", f"{len(suite(split))} levels made by hand"] for split in splits()]
    print_table(["levels", ""], rows)
