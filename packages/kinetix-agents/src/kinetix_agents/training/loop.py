"""The loop of a run: update after update, with what is learnt written down.

An update is dispatched before the numbers of the one before it are looked at, so that a fast device does not wait for
the host."""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any

import jax

from ..ppo import PPO, TrainState
from .checkpoints import Checkpoints
from .config import RunConfig
from .errors import RunError
from .processes import Agreement
from .progress import Progress, Report
from .stop import stop_on_signals

__all__ = ["Loop", "run_keys"]

RECENT = 20  # updates whose episodes the progress bar speaks of


def run_keys(seed: int) -> tuple[jax.Array, jax.Array]:
    """The key that a run begins with, and the one that those of its updates are folded from."""
    return jax.random.fold_in(jax.random.key(seed), 0), jax.random.fold_in(jax.random.key(seed), 1)


class Loop:
    """A run under way."""

    def __init__(
        self, config: RunConfig, ppo: PPO, checkpoints: Checkpoints, sinks: Sequence[Any], progress: Progress
    ) -> None:
        self.config, self.ppo, self.checkpoints = config, ppo, checkpoints
        self.sinks, self.progress = sinks, progress
        self.recent: deque[tuple[float, float]] = deque(maxlen=RECENT)
        self._pending: tuple[int, dict[str, Any]] | None = None  # an update whose numbers are not written down yet

    def run(self, state: TrainState, done: int, before: float) -> TrainState:
        """All updates that are left. `before` are the seconds that the first `done` took."""
        keys = run_keys(self.config.seed)[1]
        self.ppo.compile(state)
        agree = Agreement(self.ppo.mesh)
        self.start, self.before, self.first = time.monotonic(), before, done
        saved = before
        with stop_on_signals() as stop:
            while True:
                wanted, seconds = agree(stop.wanted, self._seconds())
                share = self._share(done, seconds)
                if wanted:
                    stop.wanted = wanted  # perhaps another process was asked
                if wanted or share >= 1.0:
                    break
                if seconds - saved > 60 * self.config.checkpoint_minutes:
                    self._save(done, state)
                    saved = seconds
                done += 1
                rate = self.config.ppo.learning_rate * (1.0 - share if self.config.ppo.anneal else 1.0)
                state, told = self.ppo.update(state, jax.random.fold_in(keys, done), rate)
                self._write_pending()
                self._pending = done, told
            self._save(done, state)
        stop.end()
        return state

    def _save(self, done: int, state: TrainState) -> None:
        """A checkpoint, once everything is written down that came before it: it is not played again."""
        self._write_pending()
        self.checkpoints.save(done, state, self._seconds())

    def _seconds(self) -> float:
        """Of training, compilation apart."""
        return self.before + time.monotonic() - self.start

    def _share(self, done: int, seconds: float) -> float:
        """How much of the run is over."""
        if self.config.minutes is not None:
            return seconds / (60 * self.config.minutes)
        return done * self.config.ppo.batch / self.config.steps

    def _write_pending(self) -> None:
        """Write down an update's numbers, when they are there."""
        if self._pending is None:
            return
        done, told = self._pending
        self._pending = None
        metrics = {name: float(value) for name, value in jax.device_get(told).items()}
        steps, seconds = done * self.config.ppo.batch, self._seconds()
        rate = (done - self.first) * self.config.ppo.batch / (seconds - self.before)
        self.recent.append((metrics["episodes"], metrics["solve_rate"]))
        episodes = sum(count for count, _ in self.recent)
        solved = sum(count * share for count, share in self.recent) / max(episodes, 1.0)
        try:
            for sink in self.sinks:
                sink.write(steps, {**metrics, "seconds": seconds, "steps_per_second": rate})
        except OSError as error:
            kept = self.checkpoints.updates
            since = f"from the checkpoint of update {kept[-1]}" if kept else "from the beginning"
            raise RunError(
                f"The metrics of update {done} cannot be written ({error.strerror}). When that is mended, go on "
                f"{since} with --resume."
            ) from error
        share = self._share(done, seconds)
        self.progress(Report(done=share, steps=steps, steps_per_second=rate, solve_rate=solved))
