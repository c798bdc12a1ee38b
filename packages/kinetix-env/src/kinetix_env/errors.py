"""What kinetix_env raises when it is given something it cannot use.

Every message says what it got and what it takes."""

import difflib
from collections.abc import Iterable, Mapping
from typing import TypeVar

__all__ = [
    "ActionError",
    "ConfigError",
    "KinetixError",
    "KinetixWarning",
    "LevelError",
    "PluginError",
    "UnknownNameError",
    "pick",
    "unknown",
]

T = TypeVar("T")


class KinetixError(Exception):
    """Base of all errors of the kinetix packages; the `kinetix` command prints it as one line."""


class KinetixWarning(UserWarning):
    """What was done may not be what was meant; the `kinetix` command prints it as one line."""


class LevelError(KinetixError, ValueError):
    """A level, or a file of one, that cannot be played. The message names the field, and the file if there is one."""


class ConfigError(KinetixError, ValueError):
    """A setting outside of what it may be."""


class ActionError(KinetixError, ValueError):
    """An action of the wrong shape or type."""


class PluginError(KinetixError):
    """A plugin that registers something that cannot be registered, such as a name that another one has."""


class UnknownNameError(KinetixError, LookupError):
    """A name that nothing is registered under."""


def pick(kind: str, name: str, known: Mapping[str, T]) -> T:
    """What `name` stands for in `known`; otherwise an `UnknownNameError` with the closest name and all of them."""
    if name in known:
        return known[name]
    raise UnknownNameError(unknown(kind, name, known))


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """The sentence that answers an unknown name."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"No {kind} called {name!r}.{hint} Known: {', '.join(names) or 'none'}."
