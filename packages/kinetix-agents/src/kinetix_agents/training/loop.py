"""The training loop: updates, metrics and checkpoints.

An update is dispatched before the metrics of the previous one are read, so that a fast device does not wait for the
host. Only an evaluation waits for its update."""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any

import jax

from ..ppo import PPO, TrainState
from .checkpoints import Checkpoints
from .config import RunConfig
from .errors import RunError
from .evaluating import RegularEval
from .processes import Agreement
from .progress import Progress, Report
from .stop import Stop, interrupt_later, stop_on_signals

__all__ = ["Loop", "run_keys"]

RECENT = 20  # number of updates that the success rate of the progress bar covers


def run_keys(seed: int) -> tuple[jax.Array, jax.Array]:
    """Return the key of the initial state, and the key that those of the updates are folded from."""
    return jax.random.fold_in(jax.random.key(seed), 0), jax.random.fold_in(jax.random.key(seed), 1)


class Loop:
    """The training loop of one run."""

    def __init__(
        self,
        config: RunConfig,
        ppo: PPO,
        checkpoints: Checkpoints,
        sinks: Sequence[Any],
        progress: Progress,
        evaluation: RegularEval | None = None,
    ) -> None:
        self.config, self.ppo, self.checkpoints = config, ppo, checkpoints
        self.sinks, self.progress, self.evaluation = sinks, progress, evaluation
        self.recent: deque[tuple[float, float]] = deque(maxlen=RECENT)
        self._pending: tuple[int, dict[str, Any]] | None = None  # number and metrics of an update not yet written

    def run(self, state: TrainState, done: int, before: float) -> TrainState:
        """Make the remaining updates and return the last state. `before` is the duration (s) of the first `done`."""
        keys = run_keys(self.config.seed)[1]
        with interrupt_later():
            self.ppo.compile(state)
        agree = Agreement(self.ppo.mesh)
        self.start, self.before, self.first, self.paused = time.monotonic(), before, done, 0.0
        saved = before
        with stop_on_signals() as stop:
            while True:
                wanted, seconds = agree(stop.wanted, self._seconds())
                fraction = self._fraction(done, seconds)
                if wanted:
                    stop.wanted = wanted  # the signal may have reached another process
                if wanted or fraction >= 1.0:
                    break
                if seconds - saved > 60 * self.config.checkpoint_minutes:
                    self._save(done, state)
                    saved = seconds
                done += 1
                rate = self.config.ppo.learning_rate * (1.0 - fraction if self.config.ppo.anneal else 1.0)
                state, metrics = self.ppo.update(state, jax.random.fold_in(keys, done), rate)
                self._write_pending()
                self._pending = done, {**metrics, **self._evaluate(done, state, stop)}
            self._save(done, state)
        stop.end()
        return state

    def _evaluate(self, done: int, state: TrainState, stop: Stop) -> dict[str, float]:
        """Return the metrics of the evaluation after an update, none if there is none."""
        if self.evaluation is None or not self.evaluation.is_due(done):
            return {}
        jax.block_until_ready(state)  # type: ignore[no-untyped-call]
        begun = time.monotonic()
        found = self.evaluation.metrics(state.params, lambda: bool(stop.wanted))
        self.paused += time.monotonic() - begun
        return found

    def _save(self, done: int, state: TrainState) -> None:
        """Write a checkpoint, after the metrics of all updates before it, which a resumed run does not repeat."""
        self._write_pending()
        self.checkpoints.save(done, state, self._seconds())

    def _seconds(self) -> float:
        """Return the training time so far (s), excluding compilation and evaluations."""
        return self.before + time.monotonic() - self.start - self.paused

    def _fraction(self, done: int, seconds: float) -> float:
        """Return the fraction of the run that is done."""
        if self.config.minutes is not None:
            return seconds / (60 * self.config.minutes)
        return done * self.config.ppo.batch / self.config.steps

    def _write_pending(self) -> None:
        """Write the pending metrics, waiting for the device if necessary."""
        if self._pending is None:
            return
        done, pending = self._pending
        self._pending = None
        metrics = {name: float(value) for name, value in jax.device_get(pending).items()}
        steps, seconds = done * self.config.ppo.batch, self._seconds()
        rate = (done - self.first) * self.config.ppo.batch / (seconds - self.before)
        self.recent.append((metrics["episodes"], metrics["solve_rate"]))
        episodes = sum(count for count, _ in self.recent)
        solved = sum(count * rate for count, rate in self.recent) / max(episodes, 1.0)
        try:
            for sink in self.sinks:
                sink.write(steps, {**metrics, "seconds": seconds, "steps_per_second": rate})
        except OSError as error:
            kept = self.checkpoints.updates
            since = f"from the checkpoint of update {kept[-1]}" if kept else "from the beginning"
            raise RunError(
                f"The metrics of update {done} cannot be written ({error.strerror}). When that is fixed, continue "
                f"{since} with --resume."
            ) from error
        fraction = min(self._fraction(done, seconds), 1.0)  # the last update takes it beyond its end
        self.progress(Report(done=fraction, steps=steps, steps_per_second=rate, solve_rate=solved))
