"""Runs a training from its configuration to its folder: starts or resumes it, and closes everything at the end."""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax

from kinetix_env.errors import ConfigError
from kinetix_env.plugins import registry

from ..policies.network import parameter_shapes
from ..ppo import PPO, TrainState
from ..ppo.state import first_keys
from .build import build_env, build_policy, build_ppo
from .checkpoints import Checkpoints
from .config import RunConfig, read_config, write_config
from .loop import Loop, run_keys
from .processes import barrier, is_first, tell_of_others
from .progress import Progress, silent

__all__ = ["CHECKPOINTS", "CONFIG", "METRICS", "first_params", "train"]

CONFIG, METRICS, CHECKPOINTS = "config.json", "metrics.jsonl", "checkpoints"  # in a run's folder


def train(
    config: RunConfig,
    folder: Path,
    *,
    resume: bool = False,
    devices: Sequence[jax.Device] | None = None,
    progress: Progress = silent,
) -> TrainState:
    """Train, and keep configuration, metrics and checkpoints in a folder. Returns the last state.

    With `resume` a run of the same configuration goes on where its latest checkpoint is, or begins if it was killed
    before there was one; without, the folder must not hold a run yet. Interrupted (Ctrl-C, or SIGTERM), it writes a
    checkpoint before it ends. `RunError` if it cannot write, or if another of the run's processes has ended.
    """
    for name in config.sinks:
        registry().metric_sinks[name]()  # one that lacks its extra says so before there is a folder
    config = _with_groups(config, folder, resume, len(jax.devices() if devices is None else devices))
    ppo = build_ppo(config, devices)
    _prepare(folder, config, resume)
    with ExitStack() as stack:
        stack.enter_context(tell_of_others(folder / CHECKPOINTS))
        checkpoints = Checkpoints(folder / CHECKPOINTS)
        stack.callback(checkpoints.close)
        state, done, seconds = _start(config, ppo, checkpoints, resume)
        sinks = _open_sinks(config, folder, done, stack) if is_first() else []
        loop = Loop(config, ppo, checkpoints, sinks, progress if is_first() else silent)
        return loop.run(state, done, seconds)


def _with_groups(config: RunConfig, folder: Path, resume: bool, devices: int) -> RunConfig:
    """With the number of groups that the devices give a new run, and that a run keeps wherever it is resumed."""
    if config.ppo.groups is not None:
        return config
    config.ppo.check_devices(devices)
    groups = read_config(folder / CONFIG).ppo.groups if resume else devices
    return replace(config, ppo=replace(config.ppo, groups=groups))


def _prepare(folder: Path, config: RunConfig, resume: bool) -> None:
    path = folder / CONFIG
    if path.exists() and not resume:
        raise ConfigError(f"{folder} holds a run already; give another folder, or go on with it by --resume.")
    if resume:
        before = read_config(path)
        if before != config:
            raise ConfigError(f"{path}: is of another run than the one to resume; start it from --config {path}.")
    barrier("all have looked whether there is a run")
    if is_first() and not resume:
        folder.mkdir(parents=True, exist_ok=True)
        write_config(path, config)
    barrier("there is a run")


def _open_sinks(config: RunConfig, folder: Path, done: int, stack: ExitStack) -> list[Any]:
    """Open the sinks of a run, and drop the metrics of updates that will be repeated."""
    sinks = []
    for name in config.sinks:
        sink = registry().metric_sinks[name]().build(folder)
        stack.callback(_close, sink)
        rewind = getattr(sink, "rewind", None)
        if rewind is not None:
            rewind(done * config.ppo.batch)
        sinks.append(sink)
    return sinks


def _close(sink: Any) -> None:
    """Close a sink; ignore the `OSError` of a full disk, which has already been reported by then."""
    with suppress(OSError):
        sink.close()


def _start(config: RunConfig, ppo: PPO, checkpoints: Checkpoints, resume: bool) -> tuple[TrainState, int, float]:
    """The state to go on from, how many updates were done, and how many seconds they took."""
    if not resume or not checkpoints.updates:
        learnt = None if config.start_from is None else _learnt(config.start_from, ppo)
        return ppo.init(run_keys(config.seed)[0], learnt), 0, 0.0
    done, state, seconds = checkpoints.restore_state(ppo.state_like())
    checkpoints.drop_after(done)
    return state, done, seconds


def first_params(config: RunConfig) -> Any:
    """What the agent of a run knows before its first update: what is drawn, or what that of `start_from` has learnt."""
    if config.start_from is not None:
        from ..agent import load_agent

        return load_agent(Path(config.start_from)).params
    policy = build_policy(config.policy, build_env(config))
    return jax.jit(lambda key: policy.init(first_keys(key)[0]))(run_keys(config.seed)[0])


def _learnt(run: str, ppo: PPO) -> Any:
    """What the agent of another run knows; it must have the network of this one."""
    from ..agent import load_agent

    params = load_agent(Path(run)).params
    given, takes = parameter_shapes(params), parameter_shapes(jax.eval_shape(ppo.policy.init, jax.random.key(0)))
    for name in sorted(given.keys() | takes.keys()):
        if given.get(name) != takes.get(name):
            raise ConfigError(
                f"{run}: its network is another one than that to start: the parameter {name} has the shape "
                f"{given.get(name)} there and {takes.get(name)} here. Choose that run's policy and environment."
            )
    return params
