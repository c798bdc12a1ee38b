"""Checks what the `build` of a registered config gave against its protocol, once and before anything is compiled.

A part of a plugin that lacks a method, or gives arrays of other shapes than its protocol says, would otherwise fail
deep inside a compiled update. Shapes are found by `jax.eval_shape`, which runs nothing. The parts of our own packages
are not checked again each time; their tests do so."""

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

from jax2d import Capacity

from .errors import PluginError
from .level.level import Level, empty_level
from .plugins import KINDS, registry
from .task.env import KinetixEnv
from .task.env_state import EnvState, Transition
from .task.heads import ActionHeads
from .task.protocols import (
    ActionSpace,
    Curriculum,
    CurriculumConfig,
    LevelGenerator,
    LevelGeneratorConfig,
    MetricSink,
    MetricSinkConfig,
    Observation,
    Reward,
)

__all__ = [
    "build_curriculum",
    "build_generator",
    "build_sink",
    "check_environment",
    "check_methods",
    "check_shape",
    "is_foreign",
    "title_of",
]

OURS = ("kinetix_env", "kinetix_agents", "kinetix_ued")


def is_foreign(config: object) -> bool:
    """Whether a config is of a package that is not ours, so that what it builds is checked."""
    return type(config).__module__.partition(".")[0] not in OURS


def title_of(kind: str, config: Any) -> str:
    """How errors call a part: its kind, its name, and the distribution and class that it comes from."""
    cls = type(config)
    source = registry().sources(kind).get(getattr(cls, "name", ""))
    origin = f"{cls.__module__}.{cls.__qualname__}"
    if source is not None and source.cls is cls:
        origin = f"{source.distribution} {source.version}, {origin}"
    return f"The {KINDS[kind].one} {getattr(cls, 'name', cls.__name__)!r} ({origin})"


def check_methods(who: str, built: object, protocol: type[Any]) -> None:
    """Raise `PluginError` unless an object has what a protocol asks for.

    The message begins with `who`, such as "The curriculum 'mine' builds", and shows how what is missing is called.
    """
    for name, member in _members(protocol):
        is_method = not isinstance(member, property)
        there = getattr(built, name, None)
        if there is not None and (callable(there) or not is_method):
            continue
        wanted = f"the method {_call(name, member)}" if is_method else f"the attribute {name}"
        needs = ", ".join(other for other, _ in _members(protocol))
        raise PluginError(f"{who} {_described(built)} without {wanted}. A {protocol.__name__} has {needs}.")


def check_shape(title: str, what: str, got: Any, shape: tuple[int, ...], kind: Any = None) -> None:
    """Raise `PluginError` unless `got` is one array of a shape, and of a kind of numbers such as `jnp.floating`."""
    takes = f"an array of shape {list(shape)}" + ("" if kind is None else f" of {kind.__name__} numbers")
    if not hasattr(got, "shape") or not hasattr(got, "dtype"):
        raise PluginError(f"{title}: {what} must be {takes}, got {_described(got)}.")
    if tuple(got.shape) != shape or (kind is not None and not jnp.issubdtype(got.dtype, kind)):
        raise PluginError(f"{title}: {what} must be {takes}, got {_described(got)}.")


def build_generator(config: LevelGeneratorConfig, capacity: Capacity) -> LevelGenerator:
    """The generator of a config, for levels of a capacity."""
    built = config.build(capacity)
    if not is_foreign(config):
        return built
    title = title_of("level_generators", config)
    check_methods(f"{title} builds", built, LevelGenerator)
    level = jax.eval_shape(built.sample, jax.random.key(0))
    if not isinstance(level, Level):
        raise PluginError(f"{title}: sample(key) must return a Level, got {_described(level)}.")
    for name, made in (("capacity", built.capacity), ("sample(key).capacity", level.capacity)):
        if made != capacity:
            raise PluginError(f"{title}: {name} must be {capacity}, which it was built for, got {made}.")
    return built


def build_curriculum(config: CurriculumConfig, generator: LevelGenerator, levels: int) -> Curriculum:
    """The curriculum of a config, which selects a number of levels at a time."""
    built = config.build(generator, levels)
    if is_foreign(config):
        check_methods(f"{title_of('curricula', config)} builds", built, Curriculum)
    return built


def build_sink(config: MetricSinkConfig, folder: Path) -> MetricSink:
    """The metric sink of a config, for a run in a folder."""
    built = config.build(folder)
    if is_foreign(config):
        check_methods(f"{title_of('metric_sinks', config)} builds", built, MetricSink)
    return built


def check_environment(env: KinetixEnv, observation: Any, action_space: Any, reward: Any) -> None:
    """Check the parts that an environment was built from, given their configs."""
    if not any(map(is_foreign, (observation, action_space, reward))):
        return
    level = jax.eval_shape(lambda: empty_level(env.engine.capacity))
    state = jax.eval_shape(env.start, level)
    if is_foreign(observation):
        _check_observation(title_of("observations", observation), env.observation, state)
    if is_foreign(action_space):
        _check_action_space(title_of("action_spaces", action_space), env.action_space, level, env.engine.capacity)
    if is_foreign(reward):
        _check_reward(title_of("rewards", reward), env.reward)


def _check_observation(title: str, built: Any, state: EnvState) -> None:
    check_methods(f"{title} builds", built, Observation)
    seen = jax.eval_shape(built, state)
    leaves = jax.tree.leaves(seen)
    if not leaves or not all(hasattr(leaf, "shape") for leaf in leaves):
        raise PluginError(f"{title}: called with a state it must return arrays, got {_described(seen)}.")


def _check_action_space(title: str, built: Any, level: Level, capacity: Capacity) -> None:
    check_methods(f"{title} builds", built, ActionSpace)
    heads = built.heads()
    if not isinstance(heads, ActionHeads):
        raise PluginError(f"{title}: heads() must return ActionHeads, got {_described(heads)}.")
    action = jax.eval_shape(built.sample, jax.random.key(0))
    check_shape(title, "sample(key), an action,", action, tuple(built.shape))
    if action.dtype != jnp.dtype(built.dtype):
        raise PluginError(f"{title}: sample(key) must be of its dtype, {jnp.dtype(built.dtype)}, got {action.dtype}.")
    controls = jax.eval_shape(built.controls, level, action)
    check_shape(title, "controls(level, action)", controls, (capacity.actions,))


def _check_reward(title: str, built: Any) -> None:
    check_methods(f"{title} builds", built, Reward)
    one = {bool: jnp.zeros((), bool), float: jnp.zeros(())}
    step = Transition(
        solved=one[bool], failed=one[bool], first=one[bool], distance_before=one[float], distance_after=one[float]
    )
    check_shape(title, "called with a step, the reward", jax.eval_shape(built, step), (), jnp.floating)


def _members(protocol: type[Any]) -> Iterator[tuple[str, Any]]:
    """The methods and properties that a protocol asks for, those of its bases first."""
    for cls in reversed(protocol.__mro__):
        if getattr(cls, "_is_protocol", False):
            own: Mapping[str, Any] = vars(cls)
            yield from ((name, own[name]) for name in own if name == "__call__" or _is_member(name, own[name]))


def _is_member(name: str, member: Any) -> bool:
    return not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))


def _call(name: str, method: Any) -> str:
    """How a method is called: `report(state, level_ids, outcome)`."""
    given = [one for one in inspect.signature(method).parameters if one != "self"]
    return f"{name}({', '.join(given)})"


def _described(value: Any) -> str:
    """A value that is not what it should be, in a few words."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{value.dtype}{list(value.shape)}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"
