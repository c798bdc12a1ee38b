"""Three scenes that Jax2D, Box2D and MuJoCo can all express, in the form of description.py.

All bodies start upright and still. A rail does not exist in Jax2D, so the cart of the cart-pole is a box that a
force pushes along the floor; the force, and the car's motors, take random actions in [-1, 1]."""

from benchmarks.engine.description import FLOOR, Body, Counts, Description, rectangle

__all__ = ["THREE_SCENES"]


def _box(x: float, y: float, width: float, height: float) -> Body:
    """An upright box whose lower side is `y` above the floor."""
    return {"position": (x, FLOOR + y + height / 2), "angle": 0.0, "vertices": rectangle(width, height)}


def _cart_pole() -> tuple[Counts, Description]:
    """A box pushed along the floor, a pole hinged to its middle."""
    cart, pole = _box(2.5, 0.0, 1.0, 0.3), _box(2.5, 0.15, 0.1, 1.0)
    scene: Description = {
        "bodies": [cart, pole],
        "joints": [
            {"a": 0, "b": 1, "anchor_a": (0.0, 0.0), "anchor_b": (0.0, -0.5), "motor": False, "power": 1.0},
        ],
        "thrusters": [{"body": 0, "position": (0.0, 0.0), "angle": 0.0, "power": 0.3}],
    }
    return {"polygons": 6, "circles": 0, "joints": 1, "thrusters": 1}, scene


def _five_box_stack() -> tuple[Counts, Description]:
    """Five boxes of half a metre on each other; nothing to act with."""
    scene: Description = {
        "bodies": [_box(2.5, 0.5 * k, 0.5, 0.5) for k in range(5)],
        "joints": [],
        "thrusters": [],
    }
    return {"polygons": 9, "circles": 0, "joints": 0, "thrusters": 0}, scene


def _two_wheeled_car() -> tuple[Counts, Description]:
    """A chassis on two motor-driven wheels."""
    chassis = _box(3.0, 0.2, 1.0, 0.3)
    wheels: list[Body] = [{"position": (3.0 + x, FLOOR + 0.25), "angle": 0.0, "radius": 0.25} for x in (-0.35, 0.35)]
    scene: Description = {
        "bodies": [chassis, *wheels],
        "joints": [
            {"a": 0, "b": k, "anchor_a": (x, -0.1), "anchor_b": (0.0, 0.0), "motor": True, "power": 0.2}
            for k, x in ((1, -0.35), (2, 0.35))
        ],
        "thrusters": [],
    }
    return {"polygons": 5, "circles": 2, "joints": 2, "thrusters": 0}, scene


THREE_SCENES = {
    "cart-pole": _cart_pole(),
    "five-box stack": _five_box_stack(),
    "two-wheeled car": _two_wheeled_car(),
}
