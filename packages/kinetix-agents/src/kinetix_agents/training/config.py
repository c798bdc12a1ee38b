"""The configuration of a run, which determines its results, and its JSON file in the run's folder."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from tyro.conf import arg

from kinetix_env.config import check_integer, check_number, checks_its_fields, field_error
from kinetix_env.environments import KinetixS
from kinetix_env.errors import ConfigError, KinetixError, unknown
from kinetix_env.files import write_atomically
from kinetix_env.generators import RandomLevels
from kinetix_env.plugins import registry
from kinetix_env.protocols import (
    ActionSpaceConfig,
    CurriculumConfig,
    EnvironmentConfig,
    LevelGeneratorConfig,
    ObservationConfig,
    PolicyConfig,
    RewardConfig,
)
from kinetix_env.sources import RandomCurriculum
from kinetix_env.task import Dense, MultiDiscrete

from ..policies.set_mlp import SetMLP
from ..ppo import PPOConfig
from .versions import installed_versions

__all__ = ["PARTS", "RunConfig", "read_config", "read_document", "write_config"]

FORMAT = "kinetix-run/1"
NOT_SETTINGS = ("format", "versions", "run")  # keys of config.json beside the fields of `RunConfig`
MOST_ATTEMPTS = 1_000_000  # per level
LONGEST_SHOWN = 200  # characters of a value in an error

# the fields that hold a registered config, and the kind of each
PARTS = {
    "environment": "environments",
    "observation": "observations",
    "action_space": "action_spaces",
    "reward": "rewards",
    "generator": "level_generators",
    "curriculum": "curricula",
    "policy": "policies",
}


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Configuration of a training run. On the same machine, the same configuration gives the same numbers.

    Except with `minutes`: then the clock decides when the run ends and how far the learning rate has been annealed.
    """

    environment: EnvironmentConfig = field(default_factory=KinetixS)  # where levels are played
    observation: ObservationConfig | None = None  # what the policy reads; None is the policy's default
    action_space: ActionSpaceConfig = field(default_factory=MultiDiscrete)  # what the agent may do
    reward: RewardConfig = field(default_factory=lambda: Dense(scale=0.2))  # what it is given while it trains
    generator: LevelGeneratorConfig = field(default_factory=RandomLevels)  # where new levels come from
    curriculum: CurriculumConfig = field(default_factory=RandomCurriculum)  # which levels it trains on
    policy: PolicyConfig = field(default_factory=SetMLP)  # its network
    ppo: PPOConfig = field(default_factory=PPOConfig)  # how it learns
    steps: Annotated[int, arg(help="environment steps to train for")] = 10_000_000
    minutes: Annotated[float | None, arg(help="train this long instead, not counting compilation")] = None
    seed: Annotated[int, arg(help="of everything random")] = 0
    start_from: Annotated[str | None, arg(help="the folder of a run, whose agent goes on learning here")] = None
    sinks: Annotated[tuple[str, ...], arg(help="where metrics are written to")] = ("jsonl", "csv")
    checkpoint_minutes: Annotated[float, arg(help="between checkpoints; there is always one at the end")] = 5.0
    eval_every: Annotated[int | None, arg(help="environment steps between evaluations; none by default")] = None
    eval_levels: Annotated[
        tuple[str, ...],
        arg(help="what is evaluated; by default the held-out levels of the environment's size, or the list trained on"),
    ] = ()
    eval_attempts: Annotated[int, arg(help="per level of an evaluation")] = 2

    def __post_init__(self) -> None:
        check_integer(self, "steps", 1, 2**62)
        check_integer(self, "seed", 0, 2**32 - 1)
        if self.minutes is not None:
            check_number(self, "minutes", exclusive=True)
        check_number(self, "checkpoint_minutes", exclusive=True)
        if self.eval_every is not None:
            check_integer(self, "eval_every", 1, 2**62)
        check_integer(self, "eval_attempts", 1, MOST_ATTEMPTS)
        if self.start_from is not None and (not isinstance(self.start_from, str) or not self.start_from):
            raise field_error(self, "start_from", "the path of a folder, or None")
        if not isinstance(self.sinks, tuple) or not all(isinstance(sink, str) for sink in self.sinks):
            raise field_error(self, "sinks", "a tuple of names of metric sinks")
        if not isinstance(self.eval_levels, tuple) or not all(isinstance(name, str) for name in self.eval_levels):
            raise field_error(self, "eval_levels", "a tuple of references to levels")
        for sink in self.sinks:
            registry().metric_sinks[sink]
        for name in PARTS:
            part = getattr(self, name)
            if not _is_config(part) and not (name == "observation" and part is None):
                raise field_error(self, name, "a registered config")
        if not isinstance(self.ppo, PPOConfig):
            raise field_error(self, "ppo", "a PPOConfig")


def write_config(path: Path, config: RunConfig, facts: Mapping[str, Any] | None = None) -> None:
    """Write a configuration as JSON, with the versions of the packages in use.

    `facts` is what else there is to know about the run in the folder: see `training.facts`.
    """
    rows = {part.name: _to_json(getattr(config, part.name)) for part in fields(config)}
    known = {"format": FORMAT, "versions": installed_versions(), **({} if facts is None else {"run": dict(facts)})}
    write_atomically(path, json.dumps({**known, **rows}, indent=1) + "\n")


def read_config(path: Path) -> RunConfig:
    """Read a configuration from a file that `write_config` wrote, possibly edited. Raises `ConfigError` if invalid."""
    data = read_document(path)
    try:
        settings = {name: value for name, value in data.items() if name not in NOT_SETTINGS}
        _check_names(RunConfig, settings, "a run")
        for name, value in settings.items():
            if name in PARTS and not (name == "observation" and value is None):
                settings[name] = _part(name, value)
        if "ppo" in settings:
            settings["ppo"] = _build(PPOConfig, settings["ppo"], "ppo")
        return RunConfig(**{name: _tuple(value) for name, value in settings.items()})
    except (KinetixError, LookupError) as error:
        raise ConfigError(f"{path}: {error.args[0]}") from error


def read_document(path: Path) -> dict[str, Any]:
    """Read a run's config.json as JSON of the right format; `ConfigError` if it is something else."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: is not JSON ({error}).") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        given = data.get("format") if isinstance(data, dict) else data
        raise ConfigError(f'{path}: must be an object with "format": "{FORMAT}", got {_short(given)}.')
    return data


def _part(name: str, data: Any) -> Any:
    """Build a registered config from its name and settings."""
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        raise ConfigError(f'{name} must be an object with a "name", got {_short(data)}.')
    settings = {key: value for key, value in data.items() if key != "name"}
    return _build(registry().get(PARTS[name], data["name"]), settings, name)


def _build(cls: type[Any], settings: Any, where: str) -> Any:
    if not isinstance(settings, dict):
        raise ConfigError(f"{where} must be an object, got {_short(settings)}.")
    _check_names(cls, settings, where)
    defaults = {part.name: part.default_factory if part.default is MISSING else part.default for part in fields(cls)}
    try:
        return cls(**{name: _value(value, defaults[name], f"{where}.{name}") for name, value in settings.items()})
    except KinetixError:
        raise
    except (TypeError, ValueError, ArithmeticError) as error:  # of a config that does not check all its fields
        raise ConfigError(f"{where}: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from error


def _value(value: Any, default: Any, where: str) -> Any:
    """Convert a JSON value to that of a setting, which may itself be a group of settings."""
    if isinstance(value, dict) and is_dataclass(default):
        return _build(default if isinstance(default, type) else type(default), value, where)
    return _tuple(value)


def _check_names(cls: type[Any], settings: dict[str, Any], where: str) -> None:
    known = [part.name for part in fields(cls)]
    for name in settings:
        if name not in known:
            raise ConfigError(unknown(f"setting of {where}", name, known))


def _tuple(value: Any) -> Any:
    """Convert the lists of JSON to the tuples of configs."""
    return tuple(_tuple(each) for each in value) if isinstance(value, list) else value


def _to_json(value: Any) -> Any:
    if _is_config(value):
        named = {"name": value.name} if hasattr(value, "name") else {}
        return {**named, **{part.name: _to_json(getattr(value, part.name)) for part in fields(value)}}
    if isinstance(value, (tuple, list)):
        return [_to_json(each) for each in value]
    if isinstance(value, np.generic):
        return value.item()
    return str(value) if isinstance(value, Path) else value


def _is_config(part: Any) -> bool:
    return is_dataclass(part) and not isinstance(part, type)


def _short(value: Any) -> str:
    """A value as an error can show it."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} ..."
