"""What the demo's scenes are made with: a `SceneBuilder`, controls for it and a source of variation."""

import numpy as np

from ..boundary import FLOOR_TOP, WALLS, WORLD_SIZE
from ..builder import SceneBuilder
from ..capacity import Capacity
from ..params import PhysicsParams
from ..scene import Scene
from ..state import State
from .controls import FEATURES, Controls, no_controls

__all__ = ["CEILING", "FLOOR", "GRAVITY", "ROOM", "Stage"]

FLOOR, CEILING, ROOM = FLOOR_TOP, WORLD_SIZE, WORLD_SIZE  # m: heights of floor and ceiling, width between the walls
GRAVITY = 9.81  # m/s^2


class Stage:
    """A scene under construction, with its controls."""

    def __init__(self, capacity: Capacity, rng: np.random.Generator) -> None:
        self.capacity = capacity
        self.build = SceneBuilder(capacity, gravity=(0.0, -GRAVITY))
        self.params = PhysicsParams()
        self._rng = rng
        self._controls = no_controls(capacity)

    @property
    def polygons(self) -> int:
        """The number of movable polygons that fit."""
        return self.capacity.movable_polygons

    def vary(self, low: float, high: float) -> float:
        """A random number between `low` and `high`."""
        return float(self._rng.uniform(low, high))

    def side(self) -> float:
        """A random sign, -1 or 1."""
        return float(self._rng.choice((-1.0, 1.0)))

    def on_wall(self, wall: int, x: float, y: float) -> tuple[float, float]:
        """A point of the world in the frame of a wall, to anchor a joint there."""
        x0, y0 = WALLS[wall].position
        return x - x0, y - y0

    def nozzle(self, thruster: int) -> int:
        """The channel of a thruster. That of a motor is the index of its joint."""
        return self.capacity.joints + thruster

    def drive(
        self, channel: int, *, offset: float = 0.0, amplitude: float = 0.0, frequency: float = 0.0, phase: float = 0.0
    ) -> None:
        """Let a channel follow a wave; the frequency is in Hz, the phase in rad."""
        for name, value in (("offset", offset), ("amplitude", amplitude), ("frequency", frequency), ("phase", phase)):
            getattr(self._controls, name)[channel] = value

    def steer(self, channel: int, **gain: float) -> None:
        """Let a channel follow the subject's features with these gains; see `aim`."""
        for feature, value in gain.items():
            self._controls.gain[channel, FEATURES.index(feature)] = value

    def aim(self, subject: int, **target: float) -> None:
        """Set the subject of feedback and the target values of its features, which are 0 unless given."""
        self._controls.subject[()] = subject
        for feature, value in target.items():
            self._controls.target[FEATURES.index(feature)] = value

    def finish(self) -> tuple[Scene, State, Controls]:
        """The scene, its initial state and its controls."""
        return *self.build.build(), self._controls
