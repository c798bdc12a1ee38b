"""How much a scene can hold. The counts are static: they fix the shapes of all arrays.

The published sizes of Kinetix (arXiv:2410.23208) are `small`, `medium` and `large`; anything else is a
custom size. Work grows with the square of the number of bodies (docs/physics.md gives the law)."""

from dataclasses import dataclass, fields

from .errors import SceneError

__all__ = ["Capacity"]

_SMALLEST = {"static_polygons": 0, "polygons": 0, "circles": 0, "joints": 0, "thrusters": 0, "vertices": 3}


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Maximum counts of everything in one scene.

    Bodies share one index space: polygons first, then circles. The first `static_polygons` polygons
    never move; they are the boundary (floor, walls, ceiling), which halves the work. Other bodies may be
    immovable too, as data.
    """

    polygons: int
    circles: int
    joints: int
    thrusters: int
    static_polygons: int = 4
    vertices: int = 4  # most vertices of a polygon

    def __post_init__(self) -> None:
        for field in fields(self):
            count, least = getattr(self, field.name), _SMALLEST[field.name]
            if not isinstance(count, int) or isinstance(count, bool) or count < least:
                raise SceneError(f"Capacity.{field.name} must be an integer of at least {least}, got {count!r}.")
        if self.static_polygons > self.polygons:
            raise SceneError(
                f"Capacity.static_polygons counts some of the {self.polygons} polygons, "
                f"so it cannot be {self.static_polygons}."
            )
        if self.movable == 0:
            raise SceneError("A Capacity needs room for at least one body besides its static polygons.")

    @property
    def bodies(self) -> int:
        """Polygons and circles together, static polygons included."""
        return self.polygons + self.circles

    @property
    def movable_polygons(self) -> int:
        """Polygons that may move."""
        return self.polygons - self.static_polygons

    @property
    def movable(self) -> int:
        """Bodies that may move."""
        return self.bodies - self.static_polygons

    @property
    def actions(self) -> int:
        """Length of an action: one number per joint, then one per thruster."""
        return self.joints + self.thrusters

    @classmethod
    def small(cls) -> "Capacity":
        """Size S of Kinetix: one free polygon and two circles."""
        return cls(polygons=5, circles=2, joints=1, thrusters=1)

    @classmethod
    def medium(cls) -> "Capacity":
        """Size M of Kinetix: two free polygons and three circles."""
        return cls(polygons=6, circles=3, joints=2, thrusters=2)

    @classmethod
    def large(cls) -> "Capacity":
        """Size L of Kinetix: eight free polygons and four circles."""
        return cls(polygons=12, circles=4, joints=6, thrusters=2)
