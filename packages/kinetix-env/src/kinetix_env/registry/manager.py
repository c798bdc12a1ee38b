"""The plugins in pluggy's manager, asked one by one, so that a failure is known to be of one and spares the others."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pluggy

from . import hookspecs
from .checks import class_fault
from .discovery import Candidate
from .hookspecs import KINDS, PROJECT, Kind

__all__ = ["Failure", "Plugins"]

# A plugin that ends the process when imported must not end ours.
MISHAPS = (Exception, SystemExit)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A plugin that could not be loaded, or not in one of its hooks."""

    candidate: Candidate
    reason: str

    def __str__(self) -> str:
        return f"The plugin {self.candidate.entry_point.name!r} of {self.candidate} failed: {self.reason}"


class Plugins:
    """All plugins that could be imported, in one plugin manager, and the failures so far."""

    def __init__(self, found: Iterable[Candidate]) -> None:
        self.manager = pluggy.PluginManager(PROJECT)
        self.manager.add_hookspecs(hookspecs)
        self.failures: list[Failure] = []
        self._candidates: dict[str, Candidate] = {}  # by the name that the manager knows them by
        for candidate in found:
            self._load(candidate)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Those that were imported."""
        return tuple(self._candidates.values())

    def classes(self, kind: Kind) -> Iterator[tuple[Candidate, list[type[Any]]]]:
        """What each plugin registers of a kind. Each call calls the hooks."""
        for implementation in getattr(self.manager.hook, kind.hook).get_hookimpls():
            candidate = self._candidates[implementation.plugin_name]
            try:
                classes = _listed(implementation.function())
            except MISHAPS as mishap:
                self._fail(candidate, f"{kind.hook}: {_described(mishap)}")
                continue
            faults = (class_fault(cls, method=kind.method, words=kind.words) for cls in classes)
            if fault := next(filter(None, faults), None):
                self._fail(candidate, f"{kind.hook}: {fault}")
            else:
                yield candidate, classes

    def _load(self, candidate: Candidate) -> None:
        """Import a plugin and look at its hooks, without calling any."""
        try:
            module = candidate.entry_point.load()
            if self.manager.is_registered(module):
                self._fail(candidate, f"{module!r} is the plugin {self.manager.get_name(module)!r} already")
                return
            self.manager.register(module, name=candidate.key)
            self.manager.check_pending()
            if not self.manager.get_hookcallers(module):
                self.manager.unregister(name=candidate.key)
                self._fail(candidate, _nothing_registered(module))
                return
        except MISHAPS as mishap:
            self._fail(candidate, self._unknown_hook(candidate) or _described(mishap))
            if self.manager.has_plugin(candidate.key):
                self.manager.unregister(name=candidate.key)
        else:
            self._candidates[candidate.key] = candidate

    def _unknown_hook(self, candidate: Candidate) -> str | None:
        """The first hook of a plugin that does not exist, as a sentence; None if all do."""
        callers = self.manager.get_hookcallers(self.manager.get_plugin(candidate.key)) or []
        wrong = min((caller.name for caller in callers if not caller.has_spec()), default=None)
        if wrong is None:
            return None
        hooks = [kind.hook for kind in KINDS.values()]
        near = difflib.get_close_matches(wrong, hooks, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"there is no hook {wrong!r}.{hint} The hooks are {', '.join(hooks)}"

    def _fail(self, candidate: Candidate, reason: str) -> None:
        self.failures.append(Failure(candidate=candidate, reason=reason))


def _nothing_registered(module: Any) -> str:
    """Why a module without hooks is no plugin, with the functions that look like hooks but lack the decorator."""
    unmarked = sorted(name for name in vars(module) if name.startswith(f"{PROJECT}_") and callable(vars(module)[name]))
    hint = f"; decorate {', '.join(unmarked)}" if unmarked else ""
    return f"it registers nothing: no function of {module!r} is decorated with @hookimpl of kinetix_env.plugins{hint}"


def _described(mishap: BaseException) -> str:
    """An exception in one line."""
    return " ".join(f"{type(mishap).__name__}: {mishap}".split()).removesuffix(":")


def _listed(answer: Any) -> list[Any]:
    """The answer of a hook as a list; a hook without a return registers nothing."""
    if answer is None:
        return []
    if isinstance(answer, Iterable) and not isinstance(answer, (str, type)):
        return list(answer)
    raise TypeError(f"a hook returns a list of classes, got {answer!r}")
