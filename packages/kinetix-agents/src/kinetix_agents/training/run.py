"""The loop of a run: update after update, with what it learns written down.

An update is dispatched before the numbers of the one before it are looked at, so that a fast device does not wait for
the host."""

import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
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
from .progress import Progress, Report, silent
from .stop import stop_on_signals

__all__ = ["CHECKPOINTS", "CONFIG", "METRICS", "train"]

CONFIG, METRICS, CHECKPOINTS = "config.json", "metrics.jsonl", "checkpoints"  # in a run's folder
RECENT = 20  # updates whose episodes the progress bar speaks of


def train(
    config: RunConfig,
    folder: Path,
    *,
    resume: bool = False,
    devices: Sequence[jax.Device] | None = None,
    progress: Progress = silent,
) -> TrainState:
    """Train, and keep configuration, metrics and checkpoints in a folder. Returns the last state.

    With `resume` a run of the same configuration goes on where its latest checkpoint is; without, the folder must not
    hold a run yet. Interrupted (Ctrl-C, or SIGTERM), it writes a checkpoint before it ends.
    """
    for name in config.sinks:
        registry().metric_sinks[name]()  # one that lacks its extra says so before there is a folder
    ppo = build_ppo(config, devices)
    _prepare(folder, config, resume)
    with ExitStack() as stack:
        checkpoints = Checkpoints(folder / CHECKPOINTS)
        stack.callback(checkpoints.close)
        state, done, seconds = _start(config, ppo, checkpoints, resume)
        sinks = [registry().metric_sinks[name]().build(folder) for name in config.sinks]
        for sink in sinks:
            stack.callback(sink.close)
        return _Loop(config, ppo, checkpoints, sinks, progress).run(state, done, seconds)


def _prepare(folder: Path, config: RunConfig, resume: bool) -> None:
    path = folder / CONFIG
    if path.exists() and not resume:
        raise ConfigError(f"{folder} holds a run already; give another folder, or go on with it by --resume.")
    if resume:
        before = read_config(path)
        if before != config:
            raise ConfigError(f"{path}: is of another run than the one to resume; start it from --config {path}.")
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_config(path, config)


def _start(config: RunConfig, ppo: PPO, checkpoints: Checkpoints, resume: bool) -> tuple[TrainState, int, float]:
    """The state to go on from, how many updates were done, and how many seconds they took."""
    if not resume:
        key = jax.random.fold_in(jax.random.key(config.seed), 0)
        return ppo.init(key, None if config.start_from is None else _learnt(config.start_from, ppo)), 0, 0.0
    done, state, seconds = checkpoints.restore_state(ppo.state_like())
    return state, done, seconds


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


class _Loop:
    """A run under way."""

    def __init__(
        self, config: RunConfig, ppo: PPO, checkpoints: Checkpoints, sinks: Sequence[Any], progress: Progress
    ) -> None:
        self.config, self.ppo, self.checkpoints = config, ppo, checkpoints
        self.sinks, self.progress = sinks, progress
        self.recent: deque[tuple[float, float]] = deque(maxlen=RECENT)

    def run(self, state: TrainState, done: int, before: float) -> TrainState:
        """All updates that are left. `before` are the seconds that the first `done` took."""
        keys = jax.random.fold_in(jax.random.key(self.config.seed), 1)
        self.ppo.compile(state)
        self.start, self.before, self.first = time.monotonic(), before, done
        saved, pending = time.monotonic(), None
        with stop_on_signals() as stop:
            while (share := self._share(done)) < 1.0 and not stop.wanted:
                done += 1
                rate = self.config.ppo.learning_rate * (1.0 - share if self.config.ppo.anneal else 1.0)
                state, told = self.ppo.update(state, jax.random.fold_in(keys, done), rate)
                if pending is not None:
                    self._tell(*pending)
                pending = done, told
                if time.monotonic() - saved > 60 * self.config.checkpoint_minutes:
                    self.checkpoints.save(done, state, self._seconds())
                    saved = time.monotonic()
            self.checkpoints.save(done, state, self._seconds())
            if pending is not None:
                self._tell(*pending)
        stop.end()
        return state

    def _seconds(self) -> float:
        """Of training, compilation apart."""
        return self.before + time.monotonic() - self.start

    def _share(self, done: int) -> float:
        """How much of the run is over."""
        if self.config.minutes is not None:
            return self._seconds() / (60 * self.config.minutes)
        return done * self.config.ppo.batch / self.config.steps

    def _tell(self, done: int, told: dict[str, Any]) -> None:
        """Write down an update's numbers, when they are there."""
        metrics = {name: float(value) for name, value in jax.device_get(told).items()}
        steps, seconds = done * self.config.ppo.batch, self._seconds()
        rate = (done - self.first) * self.config.ppo.batch / (seconds - self.before)
        self.recent.append((metrics["episodes"], metrics["solve_rate"]))
        episodes = sum(count for count, _ in self.recent)
        solved = sum(count * share for count, share in self.recent) / max(episodes, 1.0)
        for sink in self.sinks:
            sink.write(steps, {**metrics, "seconds": seconds, "steps_per_second": rate})
        self.progress(Report(done=self._share(done), steps=steps, steps_per_second=rate, solve_rate=solved))
