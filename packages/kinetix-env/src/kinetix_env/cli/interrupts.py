"""Ctrl-C ends a command at once, even while a program is compiled.

Python handles a signal when its main thread next runs Python code. While XLA compiles that can take a minute, or happen
in a callback from C++, where an exception ends the process by a segmentation fault. So the handler here raises nothing:
Python's C-level handler writes the signal's number to a socket, and a thread that waits for it ends the process. A
command that has something to save installs a handler of its own; then the first Ctrl-C is left to that handler, and the
second ends the process."""

import os
import signal
import socket
import threading
from types import FrameType

__all__ = ["INTERRUPTED", "end_at_once_on_ctrl_c"]

INTERRUPTED = 130  # exit code, 128 + SIGINT
SHOW_CURSOR = b"\x1b[?25h\n"  # progress bars hide it


def end_at_once_on_ctrl_c() -> None:
    """Let Ctrl-C end this process, unless its parent has it ignored. For the main thread of a program."""
    if signal.getsignal(signal.SIGINT) != signal.default_int_handler:
        return
    waiting, woken = socket.socketpair()
    woken.setblocking(False)
    signal.signal(signal.SIGINT, _end)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(waiting, woken), name="ctrl-c", daemon=True).start()


def _watch(waiting: socket.socket, woken: socket.socket) -> None:
    """End the process on SIGINT if no other handler is installed, or if that has had one already."""
    del woken  # only kept open
    handler, count = None, 0
    while number := waiting.recv(1):
        if number[0] != signal.SIGINT:
            continue
        now = signal.getsignal(signal.SIGINT)
        count = count + 1 if now is handler else 1
        handler = now
        if now is _end or count > 1:
            _end(signal.SIGINT, None)


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    if os.isatty(2):
        os.write(2, SHOW_CURSOR)
    os._exit(INTERRUPTED)
