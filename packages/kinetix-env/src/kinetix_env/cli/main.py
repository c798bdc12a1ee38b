"""The program `kinetix`: finds the subcommand in the registry, fills its fields from the flags, and runs it.

Bad input ends in one line on stderr and exit code 2, Ctrl-C in exit code 130. Any other failure is a bug, and ends in a
traceback."""

import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, TextIO

from ..compilation import keep_compiled_programs
from ..errors import KinetixError, KinetixWarning, PluginError, UnknownNameError, unknown
from ..plugins import Registry, registry
from .encoding import write_readably
from .interrupts import INTERRUPTED, end_at_once_on_ctrl_c
from .kept_help import asks_for_page, show_page

__all__ = ["main"]

BAD_INPUT = 2  # exit code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with these arguments, or those of the process, and return the exit code.

    As a program of its own, without `argv`, it ends at once on Ctrl-C, and keeps what it compiles and pages of help.
    """
    for stream in (sys.stdout, sys.stderr):
        write_readably(stream)
    if argv is None:
        end_at_once_on_ctrl_c()
        keep_compiled_programs()
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            warnings.simplefilter("always", KinetixWarning)
            if argv is None and asks_for_page(sys.argv[1:]):
                show_page(sys.argv[1:], lambda: _run(sys.argv[1:]))
            else:
                _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except (KinetixError, OSError) as error:
        if isinstance(error, BrokenPipeError):  # the reader of our output has closed it
            sys.stderr.close()
            return 1
        _complain(f"error: {error}")
        return BAD_INPUT
    except KeyboardInterrupt as error:  # of a command that has saved its work
        for line in error.args:
            _complain(line)
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _run(args: list[str]) -> None:
    if args[:1] in (["--version"], ["-V"]):
        print(f"kinetix {version('kinetix-env')}")
        return
    commands = _commands(registry())
    name, rest = _split(args, commands)
    if name in commands:
        from .parsing import parse_command

        command = parse_command(commands[name], rest)
        if not getattr(command, "json", False):
            command.run()
            return
        from .documents import documents_only

        with documents_only():
            command.run()
        return
    inside = {other: cls for other, cls in commands.items() if not name or other.startswith(f"{name} ")}
    for words in range(len(args), 0, -1):
        if (claimed := " ".join(args[:words])) in registry().commands.clashes:
            raise PluginError(registry().commands.clashes[claimed])
    if rest and rest[0] not in ("-h", "--help"):
        if rest[0].startswith("-"):
            takes = "--help and --version" if not name else "--help"
            raise UnknownNameError(f"{' '.join(['kinetix', *name.split()])} has no flag {rest[0]!r}; it has {takes}.")
        raise UnknownNameError(unknown("command", " ".join([*name.split(), rest[0]]), inside))
    from .overview import print_overview

    print_overview(name, inside)


def _commands(known: Registry) -> Mapping[str, type[Any]]:
    """The registered commands, with a warning for each plugin that failed."""
    try:
        return known.commands  # calls hooks, in which plugins may fail
    finally:
        for failure in known.failures:
            _complain(f"warning: {failure}")


def _split(args: list[str], commands: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The longest start of the arguments that is a command or a group of some, and what follows it."""
    for count in range(len(args), 0, -1):
        name = " ".join(args[:count])
        if name in commands or any(other.startswith(f"{name} ") for other in commands):
            return name, args[count:]
    return "", args


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Show warnings of ours as one line, others as Python does."""
    if issubclass(category, KinetixWarning):
        _complain(f"warning: {message}")
    else:
        (sys.stderr if file is None else file).write(warnings.formatwarning(message, category, filename, lineno, line))


def _complain(text: str) -> None:
    """One line on stderr, whatever the text holds."""
    print(f"kinetix: {' '.join(text.split())}", file=sys.stderr)
