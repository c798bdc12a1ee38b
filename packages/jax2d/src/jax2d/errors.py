"""What jax2d raises when it is given something it cannot simulate.

Every message says what it got and what it takes. `SceneError` is a `ValueError`, so that code which
does not know jax2d can still catch it."""

__all__ = ["CapacityError", "SceneError"]


class SceneError(ValueError):
    """A body, joint, thruster or setting that cannot be part of a scene."""


class CapacityError(SceneError):
    """A scene that already holds as many of a kind as its `Capacity` allows."""
