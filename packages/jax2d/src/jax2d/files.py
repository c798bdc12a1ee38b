"""Writing files whole: a process that is killed, or an error, leaves the old file or the new one, never half of one."""

import errno
import os
import shutil
from pathlib import Path

__all__ = ["check_writable", "write_atomically"]


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file, bytes or text (UTF-8, line breaks as given), which replaces an existing one once it is on the disk.

    The content is written beside the file and moved there. If that fails, the existing file stays as it was, nothing is
    left beside it, and the `OSError` or `UnicodeEncodeError` is raised. A file keeps its permissions; a symbolic link
    stays one, and the file that it names is replaced. Anything but a regular file, such as a pipe, is
    written directly.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(_encoded(content))
        return
    draft = _draft(target)
    try:
        with draft.open("wb") as file:
            file.write(_encoded(content))
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Raise the `OSError` with which writing a file would fail, as far as it can be known before. Nothing changes."""
    target = path.resolve()
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    if target.is_file() or not target.exists():
        draft = _draft(target)
        draft.touch()
        draft.unlink()


def _draft(target: Path) -> Path:
    """The file beside a target in which its new content is written."""
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
