"""Runs a training from its configuration to its folder: starts or resumes it, and closes everything at the end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax

from kinetix_env.errors import ConfigError
from kinetix_env.parts import build_sink
from kinetix_env.plugins import registry

from ..policies.network import parameter_shapes
from ..ppo import PPO, TrainState
from .build import build_ppo
from .checkpoints import Checkpoints
from .config import RunConfig, read_config, write_config
from .evaluating import RegularEval, regular_eval
from .facts import Facts, new_facts, read_facts
from .folder import CHECKPOINTS, CONFIG, read_params, refuse_leftovers
from .kept import Recorder, agent_digest, clear_inputs, keep_agent, kept_levels, recorded_levels, start_params
from .lock import sole_writer
from .loop import Loop, run_keys
from .processes import barrier, by_first_process, is_first, tell_of_others
from .progress import Progress, silent
from .resuming import check_length, devices_of_groups, note_changes, resumed_config

__all__ = ["train"]

LoadParams = Callable[[Path], Any]


def train(
    config: RunConfig,
    folder: Path,
    *,
    resume: bool = False,
    devices: Sequence[jax.Device] | None = None,
    progress: Progress = silent,
    load_params: LoadParams = read_params,
) -> TrainState:
    """Train, and keep configuration, metrics and checkpoints in a folder. Returns the last state.

    Without `resume` the folder must not hold a run or parts of one. With `resume` the run in it goes on from its
    latest checkpoint, or begins if it was killed before there was one; `config` may then have another length, other
    sinks and another time between checkpoints, and a larger length makes a run that has ended longer. Interrupted
    (Ctrl-C, or SIGTERM), it writes a checkpoint before it ends. `RunError` if it cannot write, if another process
    writes in the folder, or if another of the run's processes has ended.

    `load_params` reads the parameters in the folder `config.start_from`, and is called only if the run has neither a
    checkpoint nor a copy of them. The default reads folders of runs; `kinetix_agents.agent.load_params` reads
    published agents too.
    """
    for name in config.sinks:
        registry().metric_sinks[name]()  # one that lacks its extra says so before there is a folder
    chosen = list(jax.devices() if devices is None else devices)
    with ExitStack() as stack:
        stack.enter_context(tell_of_others(folder / CHECKPOINTS))
        if resume:
            read_config(folder / CONFIG)  # without a run there is nothing to lock
        stack.enter_context(by_first_process(lambda: _writing(folder, None if resume else config)))
        begin = _resumed if resume else _begun
        config, ppo, evaluation, facts = begin(config, folder, chosen, stack, load_params)
        checkpoints = Checkpoints(folder / CHECKPOINTS, run=facts.get("id", ""))
        stack.callback(checkpoints.close)
        state, done, seconds = _start(config, folder, ppo, checkpoints, facts, load_params)
        if is_first() and resume:
            note_changes(folder / CONFIG, config, facts, done)
        sinks = _open_sinks(config, folder, done, stack) if is_first() else []
        loop = Loop(config, ppo, checkpoints, sinks, progress if is_first() else silent, evaluation)
        return loop.run(state, done, seconds)


@contextmanager
def _writing(folder: Path, fresh: RunConfig | None) -> Iterator[None]:
    """Hold the folder's lock; a `fresh` run needs a folder that holds no other."""
    if fresh is not None:
        refuse_leftovers(folder, fresh)
    with sole_writer(folder):
        if fresh is not None:  # another process may have begun one since
            refuse_leftovers(folder, fresh)
        yield


def _begun(
    config: RunConfig, folder: Path, devices: list[jax.Device], stack: ExitStack, load_params: LoadParams
) -> tuple[RunConfig, PPO, RegularEval | None, Facts]:
    """Build a new run and write what it was given, and then its configuration."""
    if config.ppo.groups is None:
        config.ppo.check_devices(len(devices))
        config = replace(config, ppo=replace(config.ppo, groups=len(devices)))
    devices = devices_of_groups(devices, config.ppo.groups)
    recorder: Recorder = stack.enter_context(recorded_levels())
    ppo = build_ppo(config, devices)
    evaluation = regular_eval(config, ppo)
    start, facts = config.start_from, new_facts()
    params = None if start is None else _checked(load_params(Path(start)), start, ppo)
    if is_first():
        clear_inputs(folder)
        facts["levels"] = recorder.write(folder)
    barrier("the levels are there")
    if start is not None:
        keep_agent(folder, params)
        facts["start_from"] = {"path": str(Path(start).resolve()), "sha256": agent_digest(params)}
    if is_first():
        write_config(folder / CONFIG, config, facts)
    barrier("there is a run")
    return config, ppo, evaluation, facts


def _resumed(
    config: RunConfig, folder: Path, devices: list[jax.Device], stack: ExitStack, load_params: LoadParams
) -> tuple[RunConfig, PPO, RegularEval | None, Facts]:
    """Build the run in a folder, on the levels that it began with."""
    del load_params
    config = resumed_config(config, folder / CONFIG)
    facts = read_facts(folder / CONFIG)
    stack.enter_context(kept_levels(folder, facts))
    ppo = build_ppo(config, devices_of_groups(devices, config.ppo.groups))
    return config, ppo, regular_eval(config, ppo), facts


def _open_sinks(config: RunConfig, folder: Path, done: int, stack: ExitStack) -> list[Any]:
    """Open the sinks of a run, and drop the metrics of updates that will be repeated."""
    sinks = []
    for name in config.sinks:
        sink = build_sink(registry().metric_sinks[name](), folder)
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
    config: RunConfig, folder: Path, ppo: PPO, checkpoints: Checkpoints, facts: Facts, load_params: LoadParams
) -> tuple[TrainState, int, float]:
    """The state to go on from, the number of updates done, and the seconds that they took."""
    if not checkpoints.updates:
        params, start = None, config.start_from
        if start is not None:
            like = jax.eval_shape(ppo.policy.init, jax.random.key(0))
            params = _checked(start_params(folder, facts, start, like, load_params), start, ppo)
        return ppo.init(run_keys(config.seed)[0], params), 0, 0.0
    done, state, seconds = checkpoints.restore_state(ppo.state_like())
    check_length(config, done, folder)
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
