"""A plugin with a level generator, an observation, a metric sink and a command: what the tests install."""

from dataclasses import dataclass
from typing import ClassVar

from kinetix_env.plugins import hookimpl


@dataclass(frozen=True, kw_only=True)
class Ball:
    """A green ball at a random height above the floor."""

    name: ClassVar[str] = "ball"
    lowest: float = 1.0  # m

    def build(self, capacity):
        return BallGenerator(capacity, self.lowest)


class BallGenerator:
    def __init__(self, capacity, lowest):
        self.capacity, self.lowest = capacity, lowest

    def sample(self, key):
        import equinox as eqx
        import jax

        from jax2d import SceneBuilder
        from kinetix_env import Role, empty_level

        builder = SceneBuilder(self.capacity)
        ball = builder.circle((2.5, 0.0), radius=0.3)
        scene, state = builder.build()
        height = jax.random.uniform(key, minval=self.lowest, maxval=4.0)
        state = eqx.tree_at(lambda state: state.position, state, state.position.at[ball, 1].set(height))
        level = empty_level(self.capacity)
        role = level.role.at[ball].set(Role.GREEN)
        return eqx.tree_at(lambda level: (level.scene, level.state, level.role), level, (scene, state, role))


@dataclass(frozen=True, kw_only=True)
class Heights:
    """How high each body is."""

    name: ClassVar[str] = "heights"

    def build(self, capacity):
        return lambda state: state.physics.position[:, 1]


class Printer:
    def write(self, step, metrics):
        print(step, dict(metrics))

    def close(self):
        print("closed")


@dataclass(frozen=True, kw_only=True)
class Print:
    """Numbers of a run on the terminal."""

    name: ClassVar[str] = "print"

    def build(self, folder):
        return Printer()


@dataclass(frozen=True, kw_only=True)
class Greet:
    """Print a greeting."""

    name: ClassVar[str] = "greet warmly"
    whom: str = "world"  # who is greeted

    def run(self):
        print(f"Dear {self.whom}!")


@hookimpl
def kinetix_level_generators():
    return [Ball]


@hookimpl
def kinetix_observations():
    return [Heights]


@hookimpl
def kinetix_metric_sinks():
    return [Print]


@hookimpl
def kinetix_commands():
    return [Greet]
