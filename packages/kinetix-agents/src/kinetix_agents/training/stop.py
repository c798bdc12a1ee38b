"""Ends a run between two updates when the process is asked to end, so that nothing is lost."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Stop", "stop_on_signals"]


class Stop:
    """Whether to stop."""

    wanted: int = 0  # the signal that asked for it

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """A signal has come; who sends a second one does not want to wait."""
        del frame
        if self.wanted:
            raise KeyboardInterrupt
        self.wanted = number

    def end(self) -> None:
        """Do what the signal asked for, now that everything is saved."""
        if self.wanted == signal.SIGINT:
            raise KeyboardInterrupt
        if self.wanted:
            raise SystemExit(128 + self.wanted)


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Take note of SIGINT and SIGTERM instead of ending at once; only the main thread can."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
