"""What a class must be to be registered, and how a bad one is reported."""

import re
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

__all__ = ["class_fault"]

WORD = r"[A-Za-z0-9][A-Za-z0-9._-]*"


def class_fault(cls: object, *, method: str, words: bool = False) -> str | None:
    """What keeps `cls` from being registered, as a sentence; None if nothing does.

    `method` is what it must have besides its name; with `words` the name may be several words.
    """
    if not isinstance(cls, type):
        return f"{cls!r} is not a class"
    title = f"{cls.__module__}.{cls.__qualname__}"
    if not is_dataclass(cls) or "__dataclass_params__" not in vars(cls):
        return f"{title} is not a dataclass; decorate it with @dataclass(frozen=True, kw_only=True)"
    if not vars(cls)["__dataclass_params__"].frozen or not all(field.kw_only for field in fields(cls)):
        return f"{title} is not frozen and keyword-only; decorate it with @dataclass(frozen=True, kw_only=True)"
    return _name_fault(cls, title, words) or _default_fault(cls, title, method) or _method_fault(cls, title, method)


def _name_fault(cls: Any, title: str, words: bool) -> str | None:
    name = getattr(cls, "name", None)
    if not isinstance(name, str) or any(field.name == "name" for field in fields(cls)):
        return f'{title} needs a name: `name: ClassVar[str] = "..."`, got {name!r}'
    pattern, separated = (rf"{WORD}( {WORD})*", ", separated by single spaces") if words else (WORD, "")
    if not re.fullmatch(pattern, name):
        return f"{title}.name is {name!r}; it may have letters, digits, '.', '_' and '-'{separated}"
    return None


def _default_fault(cls: Any, title: str, method: str) -> str | None:
    """A config is made by its name alone; the fields of a command may be given on the command line."""
    bare = [one.name for one in fields(cls) if one.init and one.default is MISSING and one.default_factory is MISSING]
    if not bare or method != "build":
        return None
    return f"{title}.{bare[0]} has no default; every field of a config needs one"


def _method_fault(cls: Any, title: str, method: str) -> str | None:
    return None if callable(getattr(cls, method, None)) else f"{title} has no method {method}(...)"
