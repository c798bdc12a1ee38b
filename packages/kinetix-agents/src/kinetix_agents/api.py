"""Training in one call, for scripts and notebooks: parts by name or by config, checked before anything is compiled.

run = train("runs/m", environment="kinetix-m", curriculum="sfl", minutes=5)
run.agent.evaluate("suite:m")
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import jax

from jax2d.checks import shown
from kinetix_env.devices import start_devices
from kinetix_env.environments import environment_config
from kinetix_env.errors import ConfigError, unknown
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

from .agent import Agent, load_agent, load_params
from .plots import read_metrics
from .ppo import PPOConfig
from .training import RunConfig
from .training.config import PARTS
from .training.folder import METRICS, read_run
from .training.processes import end_quickly, is_first, of_all_processes
from .training.progress import Progress, show_progress
from .training.run import train as train_in

__all__ = ["Run", "open_run", "train"]


class Run:
    """The folder of a training run: its configuration, its metrics and its agent."""

    def __init__(self, folder: str | Path) -> None:
        """Open the folder of a run. `ConfigError` if it holds none."""
        self.folder = Path(folder).absolute()
        self.config: RunConfig = read_run(self.folder)

    @cached_property
    def agent(self) -> Agent:
        """The agent of the latest checkpoint; read once."""
        return load_agent(self.folder)

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The metrics of each update so far, the oldest first."""
        return read_metrics(self.folder / METRICS)

    def report(self, path: str | Path | None = None) -> Path:
        """Write a page about the run, `report.html` in its folder unless there is a path, and return its path."""
        from .report import write_report  # draws and plays, which training does not need

        return write_report(self.folder, None if path is None else Path(path), devices=start_devices())

    def __repr__(self) -> str:
        config = self.config
        return (
            f"<Run {self.folder}: {config.policy.name} in {config.environment.name}, "
            f"curriculum {config.curriculum.name}, seed {config.seed}>"
        )


def open_run(folder: str | Path) -> Run:
    """Open the folder of a run, finished or not. `ConfigError` if it holds none."""
    return Run(folder)


def train(
    folder: str | Path,
    config: RunConfig | None = None,
    *,
    environment: str | EnvironmentConfig | None = None,
    observation: str | ObservationConfig | None = None,
    action_space: str | ActionSpaceConfig | None = None,
    reward: str | RewardConfig | None = None,
    generator: str | LevelGeneratorConfig | None = None,
    curriculum: str | CurriculumConfig | None = None,
    policy: str | PolicyConfig | None = None,
    ppo: PPOConfig | Mapping[str, Any] | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    seed: int | None = None,
    resume: bool = False,
    devices: int | Sequence[jax.Device] | None = None,
    progress: bool | Progress = True,
    **settings: Any,
) -> Run:
    """Train an agent with PPO and keep configuration, metrics and checkpoints in a folder.

    Parts are registered names or configs, and an environment may also be counts, `polygons=8,...`. Those left out are
    those of `config`, or the defaults of `RunConfig`, whose other fields are `settings`. `ppo` is a config, or a
    mapping of the settings to change. The run takes `steps`
    environment steps or `minutes` of training. With `resume` it continues from its latest checkpoint, by default with
    its own configuration.

    `devices` is their number, or which; by default all accelerators, or one CPU device per core if JAX has not started
    yet. `progress` shows a bar, or is a function called with a `Report` after every update.

    Raises `ConfigError` or `UnknownNameError` before anything is compiled, and `RunError` if the run cannot continue.
    """
    path = Path(folder)
    parts = {
        "environment": environment,
        "observation": observation,
        "action_space": action_space,
        "reward": reward,
        "generator": generator,
        "curriculum": curriculum,
        "policy": policy,
    }
    chosen = {name: _part(name, given) for name, given in parts.items() if given is not None}
    base = config if config is not None else read_run(path) if resume else RunConfig()
    whole = _configured(base, chosen, ppo, {"steps": steps, "minutes": minutes, "seed": seed}, settings)
    train_with_progress(path, whole, resume=resume, devices=_devices(devices), progress=progress)
    return Run(path)


def train_with_progress(
    folder: Path, config: RunConfig, *, resume: bool, devices: Sequence[jax.Device], progress: bool | Progress = True
) -> None:
    """Train on some devices, those of all processes; the first process shows the progress."""
    display: AbstractContextManager[Progress]
    quiet = not progress or not is_first()
    display = show_progress(folder.name, quiet=quiet) if isinstance(progress, bool) else nullcontext(progress)
    with end_quickly(), display as shown_progress:
        train_in(config, folder, resume=resume, devices=devices, progress=shown_progress, load_params=load_params)


def _devices(devices: int | Sequence[jax.Device] | None) -> Sequence[jax.Device]:
    started = start_devices(devices) if devices is None or isinstance(devices, int) else list(devices)
    return of_all_processes(started)


def _part(name: str, given: Any) -> Any:
    """A part by its registered name, or the config as given."""
    kind = PARTS[name]
    if isinstance(given, str):
        return environment_config(given) if name == "environment" else registry().get(kind, given)()
    if not isinstance(given, tuple(source.cls for source in registry().sources(kind).values())):
        raise ConfigError(f"train: {name} must be a registered name or a config of one, got {shown(given)}.")
    return given


def _configured(
    base: RunConfig,
    parts: Mapping[str, Any],
    ppo: PPOConfig | Mapping[str, Any] | None,
    lengths: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> RunConfig:
    """`base` with what was given instead. A number of steps means no number of minutes."""
    others = [field.name for field in fields(RunConfig) if field.name not in PARTS]
    for name in settings:
        if name not in others:
            raise ConfigError(unknown("argument of train", name, [*PARTS, *others, "resume", "devices", "progress"]))
    changed = {**parts, **settings, **{name: value for name, value in lengths.items() if value is not None}}
    if "steps" in changed and "minutes" in changed:
        raise ConfigError("train: give steps or minutes, got both.")
    if "steps" in changed:
        changed["minutes"] = None
    if isinstance(ppo, Mapping):
        known = [field.name for field in fields(PPOConfig)]
        for name in ppo:
            if name not in known:
                raise ConfigError(unknown("setting of ppo", name, known))
        changed["ppo"] = replace(base.ppo, **ppo)
    elif ppo is not None:
        changed["ppo"] = ppo
    return replace(base, **changed)
