"""`kinetix levels list`."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import tyro

from .arguments import OptionalInteger
from .documents import WithJSON, print_json

__all__ = ["LevelsList"]

HELP = "a file, a folder, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME]"


@dataclass(frozen=True, kw_only=True)
class LevelsList(WithJSON):
    """List levels, or without an argument what levels there are.

    LEVELS is a file, a folder of files, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME].
    """

    name: ClassVar[str] = "levels list"
    levels: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="LEVELS", help=HELP)] = None
    count: OptionalInteger = None  # how many levels of random:SIZE (otherwise 1) or of held-out:SIZE (otherwise all)
    seed: int = 0  # which levels of random:SIZE

    def run(self) -> None:
        """Print a table."""
        from .output import print_table

        if self.levels is None:
            rows = _references()
            if self.json:
                print_json([{"levels": name, "contents": contents} for name, contents in rows])
            else:
                print_table(["levels", ""], rows)
            return
        from .finding import find_levels
        from .tables import level_rows, print_levels

        found = find_levels(self.levels, count=self.count, seed=self.seed)
        if self.json:
            print_json(level_rows(found))
        else:
            print_levels(found)


def _references() -> list[tuple[str, str]]:
    from ..level.sizes import SIZES
    from ..sources.held_out import COUNT
    from ..sources.suites import splits, suite
    from .output import amount

    rows: list[tuple[str, str]] = []
    for size, room in SIZES.items():
        kinds = {"polygon": room.movable_polygons, "circle": room.circles}
        kinds |= {"joint": room.joints, "thruster": room.thrusters}
        rows.append((f"random:{size}", f"at most {', '.join(amount(count, one) for one, count in kinds.items())}"))
    rows += [(f"held-out:{size}", f"{COUNT} fixed random levels") for size in SIZES]
    rows += [(f"suite:{split}", f"{len(suite(split))} levels made by hand") for split in splits()]
    return rows
