"""One writer per folder: a lock that a process holds while it trains in a run's folder or replaces it.

The lock is the operating system's (`filelock`): it is released when its process ends, however that happens, so a dead
process never blocks a run. On a network file system it holds between hosts if the file system locks between hosts. A
file system without locks gets a marker file instead, which the library removes only if it knows that the holder is
dead; elsewhere it has to be deleted by hand, and the error names it.

The file `.lock` stays in the folder: deleting it would let two processes lock two different files."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from .errors import RunError

__all__ = ["LOCK", "sole_writer"]

LOCK = ".lock"  # in the folder

_held: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())  # folders that this context has locked


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made if necessary.

    Raises `RunError` at once, and changes nothing, if another process (or another thread of this one) holds it. May be
    nested. A folder that was made here, and into which nothing was written, is removed at the end.
    """
    resolved = folder.resolve()
    if resolved in _held.get():
        yield
        return
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    lock = _acquire(folder / LOCK)
    token = _held.set(_held.get() | {resolved})
    try:
        yield
    finally:
        _held.reset(token)
        if made and [path.name for path in folder.iterdir()] == [LOCK]:
            with suppress(OSError):
                (folder / LOCK).unlink()
                folder.rmdir()
        lock.release()


def _acquire(path: Path) -> BaseFileLock:
    """Take the lock, or raise `RunError`."""
    lock: BaseFileLock = FileLock(path)
    advice = ""
    try:
        try:
            lock.acquire(timeout=0)
        except NotImplementedError:  # a file system without locks
            lock, advice = SoftFileLock(path), f" If that process is dead, delete {path}."
            lock.acquire(timeout=0)
    except Timeout:
        raise RunError(
            f"{path.parent}: another process is writing there, so this one has changed nothing. Wait until it has "
            f"ended, or give another folder.{advice}"
        ) from None
    return lock
