"""Runs a training from its configuration to its folder: starts or resumes it, and closes everything at the end."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax

from kinetix_env.errors import ConfigError
from kinetix_env.plugins import registry

from ..policies.network import parameter_shapes
from ..ppo import PPO, TrainState
from .build import build_ppo
from .checkpoints import Checkpoints
from .config import RunConfig, read_config, write_config
from .folder import CHECKPOINTS, CONFIG, read_params
from .loop import Loop, run_keys
from .processes import barrier, is_first, tell_of_others
from .progress import Progress, silent

__all__ = ["train"]


def train(
    config: RunConfig,
    folder: Path,
    *,
    resume: bool = False,
    devices: Sequence[jax.Device] | None = None,
    progress: Progress = silent,
    load_params: Callable[[Path], Any] = read_params,
) -> TrainState:
    """Train, and keep configuration, metrics and checkpoints in a folder. Returns the last state.

    With `resume` a run of the same configuration goes on where its latest checkpoint is, or begins if it was killed
    before there was one; without, the folder must not hold a run yet. Interrupted (Ctrl-C, or SIGTERM), it writes a
    checkpoint before it ends. `RunError` if it cannot write, or if another of the run's processes has ended.

    `load_params` reads the parameters in the folder `config.start_from`, and is called only if the run has no
    checkpoint yet. The default reads folders of runs; `kinetix_agents.agent.load_params` reads published agents too.
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
        state, done, seconds = _start(config, ppo, checkpoints, resume, load_params)
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


def _start(
    config: RunConfig, ppo: PPO, checkpoints: Checkpoints, resume: bool, load_params: Callable[[Path], Any]
) -> tuple[TrainState, int, float]:
    """The state to go on from, the number of updates done, and the seconds that they took."""
    if not resume or not checkpoints.updates:
        start = config.start_from
        params = None if start is None else _checked(load_params(Path(start)), start, ppo)
        return ppo.init(run_keys(config.seed)[0], params), 0, 0.0
    done, state, seconds = checkpoints.restore_state(ppo.state_like())
    checkpoints.drop_after(done)
    return state, done, seconds


def _checked(params: Any, run: str, ppo: PPO) -> Any:
    """The parameters of another run, which must be those of the network of this one."""
    given, takes = parameter_shapes(params), parameter_shapes(jax.eval_shape(ppo.policy.init, jax.random.key(0)))
    for name in sorted(given.keys() | takes.keys()):
        if given.get(name) != takes.get(name):
            raise ConfigError(
                f"{run}: its network is another one than that to start: the parameter {name} has the shape "
                f"{given.get(name)} there and {takes.get(name)} here. Choose that run's policy and environment."
            )
    return params
