"""Ends a run between two updates on SIGINT or SIGTERM, so that nothing is lost."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Stop", "interrupt_later", "stop_on_signals"]


class Stop:
    """A signal handler that records the request to stop."""

    wanted: int = 0  # number of the signal received; 0 if none

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Record a signal; a second one interrupts at once."""
        del frame
        if self.wanted:
            raise KeyboardInterrupt
        self.wanted = number

    def end(self) -> None:
        """Exit as the signal requested, after everything has been saved."""
        if self.wanted == signal.SIGINT:
            raise KeyboardInterrupt
        if self.wanted:
            raise SystemExit(128 + self.wanted)


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Record SIGINT and SIGTERM instead of exiting at once; has no effect outside the main thread."""
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


@contextmanager
def interrupt_later() -> Iterator[None]:
    """Hold back Python's KeyboardInterrupt until the end of the block, for code that compiles.

    Raised while XLA compiles, it can end the process by a segmentation fault. Other handlers of SIGINT are left alone.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) != signal.default_int_handler
    ):
        yield
        return
    wanted = []
    signal.signal(signal.SIGINT, lambda number, frame: wanted.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if wanted:
        raise KeyboardInterrupt
