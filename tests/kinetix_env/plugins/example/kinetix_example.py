"""A plugin with one of each kind of part."""

from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp

from jax2d import SceneBuilder
from kinetix_env import Role, empty_level
from kinetix_env.environments import KinetixS
from kinetix_env.plugins import hookimpl
from kinetix_env.task import ActionHeads, MultiDiscreteActions


@dataclass(frozen=True, kw_only=True)
class Brief(KinetixS):
    """Small levels, and little time for them."""

    name: ClassVar[str] = "brief"
    horizon: int = 64  # environment steps


@dataclass(frozen=True, kw_only=True)
class Ball:
    """A green ball at a random height above a blue floor."""

    name: ClassVar[str] = "ball"
    lowest: float = 1.0  # m

    def build(self, capacity):
        return BallGenerator(capacity, self.lowest)


class BallGenerator(eqx.Module):
    capacity: object = eqx.field(static=True)
    lowest: float = eqx.field(static=True)

    def sample(self, key):
        builder = SceneBuilder(self.capacity)
        ball = builder.circle((2.5, 0.0), radius=0.3)
        scene, state = builder.build()
        height = jax.random.uniform(key, minval=self.lowest, maxval=4.0)
        state = eqx.tree_at(lambda state: state.position, state, state.position.at[ball, 1].set(height))
        level = empty_level(self.capacity)
        role = level.role.at[ball].set(Role.GREEN).at[0].set(Role.BLUE)
        return eqx.tree_at(lambda level: (level.scene, level.state, level.role), level, (scene, state, role))


@dataclass(frozen=True, kw_only=True)
class Heights:
    """How high each body is."""

    name: ClassVar[str] = "heights"

    def build(self, capacity):
        return lambda state: state.physics.position[:, 1]


class ForwardActions:
    """Six integers, each 0 or 1: motors and thrusters off or on, nothing backwards."""

    shape, dtype, bounds = (6,), jnp.int32, (0, 1)

    def heads(self):
        return ActionHeads(choices=(2,) * 6, motor=2, thruster=2)

    def controls(self, level, action):
        return MultiDiscreteActions().controls(level, action)

    def sample(self, key):
        return jax.random.randint(key, self.shape, 0, 2)


@dataclass(frozen=True, kw_only=True)
class Forward:
    """Motors that turn one way."""

    name: ClassVar[str] = "forward"

    def build(self, capacity):
        return ForwardActions()


@dataclass(frozen=True, kw_only=True)
class Hurry:
    """1 for solving, and a little less for every step that it takes."""

    name: ClassVar[str] = "hurry"
    cost: float = 0.01  # of a step

    def build(self):
        return lambda step: step.solved.astype(jnp.float32) - self.cost


class PairedLevels(eqx.Module):
    """Each new level goes to two environments. There is nothing to remember, so the state is empty."""

    generator: object
    levels: int = eqx.field(static=True)

    def init(self, key):
        return ()

    def select(self, state, key, probe):
        levels = jax.vmap(self.generator.sample)(jax.random.split(key, -(-self.levels // 2)))
        twice = jax.tree.map(lambda leaf: jnp.repeat(leaf, 2, axis=0)[: self.levels], levels)
        return twice, jnp.arange(self.levels) // 2, state

    def report(self, state, level_ids, outcome):
        return state


@dataclass(frozen=True, kw_only=True)
class Paired:
    """New levels, each played twice."""

    name: ClassVar[str] = "paired"

    def build(self, generator, levels):
        return PairedLevels(generator, levels)


class DialPolicy(eqx.Module):
    """The same logits and the same value whatever it sees: what PPO can learn blindfolded."""

    head: object

    def init(self, key):
        return {"logits": jnp.zeros(self.head.size), "value": jnp.zeros(())}

    def initial_carry(self, batch):
        return ()

    def apply(self, params, carry, obs, reset):
        logits = jnp.broadcast_to(params["logits"], (len(reset), self.head.size))
        return carry, self.head.distribution(logits), jnp.broadcast_to(params["value"], reset.shape)


@dataclass(frozen=True, kw_only=True)
class Dial:
    """A policy without eyes."""

    name: ClassVar[str] = "dial"
    observation: ClassVar[str] = "heights"

    def build(self, observation, action_space):
        from kinetix_agents.distributions import head_of  # only who trains needs kinetix-agents

        return DialPolicy(head_of(action_space))


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
def kinetix_environments():
    return [Brief]


@hookimpl
def kinetix_level_generators():
    return [Ball]


@hookimpl
def kinetix_observations():
    return [Heights]


@hookimpl
def kinetix_action_spaces():
    return [Forward]


@hookimpl
def kinetix_rewards():
    return [Hurry]


@hookimpl
def kinetix_curricula():
    return [Paired]


@hookimpl
def kinetix_policies():
    return [Dial]


@hookimpl
def kinetix_metric_sinks():
    return [Print]


@hookimpl
def kinetix_commands():
    return [Greet]
