"""Watches which programs are compiled while no moving sign is on the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import jax
import pytest

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"  # what a moving sign begins and ends with


class Terminal(StringIO):
    """A stream that takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


@contextmanager
def compiled_in_silence() -> Iterator[list[str]]:
    """Put a terminal in place of stderr; give the names of the programs that are compiled while nothing moves on it."""
    terminal, names = Terminal(), list[str]()

    def listen(event: str, duration_secs: float, **about: str | int) -> None:
        seen = terminal.getvalue()
        if event.endswith("backend_compile_duration") and seen.count(HIDE_CURSOR) == seen.count(SHOW_CURSOR):
            names.append(str(about.get("fun_name", "?")))

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TERM", "xterm")
            patch.setattr("sys.stderr", terminal)
            yield names
            seen = terminal.getvalue()
            assert seen.count(HIDE_CURSOR) == seen.count(SHOW_CURSOR)
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)
