"""One plugin: an entry point of the group "kinetix", and what it registers.

Each has a plugin manager of its own, so that whatever goes wrong in one is known to be its fault and
stays there."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import Any

import pluggy

from . import hookspecs
from .checks import class_fault
from .kinds import KINDS, Kind

__all__ = ["Candidate", "Failure", "Plugin", "candidates"]

# A plugin that ends the process when imported must not end ours.
MISHAPS = (Exception, SystemExit)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An entry point, not loaded yet, and the distribution that declares it."""

    distribution: str
    version: str
    entry_point: EntryPoint

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A plugin that could not be loaded, or not in one of its hooks."""

    candidate: Candidate
    reason: str

    def __str__(self) -> str:
        return f"The plugin {self.candidate.entry_point.name!r} of {self.candidate} failed: {self.reason}"


@dataclass(frozen=True, eq=False)
class Plugin:
    """A plugin that was imported."""

    candidate: Candidate
    manager: pluggy.PluginManager

    @classmethod
    def load(cls, candidate: Candidate) -> "Plugin | Failure":
        """Import it and look at its hooks, without calling any."""
        manager = pluggy.PluginManager(hookspecs.PROJECT)
        manager.add_hookspecs(hookspecs)
        try:
            manager.register(candidate.entry_point.load(), name=candidate.entry_point.name)
        except MISHAPS as mishap:
            return Failure(candidate=candidate, reason=described(mishap))
        hooks = [kind.hook for kind in KINDS.values()]
        for hook in sorted(set(vars(manager.hook)) - set(hooks)):
            if not hook.startswith("_"):
                near = difflib.get_close_matches(hook, hooks, n=1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                return Failure(
                    candidate=candidate,
                    reason=f"there is no hook {hook!r}.{hint} The hooks are {', '.join(hooks)}",
                )
        return cls(candidate, manager)

    def classes(self, kind: Kind) -> "list[type[Any]] | Failure":
        """What it registers of a kind."""
        try:
            answers = getattr(self.manager.hook, kind.hook)()
            classes = [cls for answer in answers for cls in _listed(answer)]
        except MISHAPS as mishap:
            return Failure(candidate=self.candidate, reason=f"{kind.hook}: {described(mishap)}")
        for cls in classes:
            if fault := class_fault(cls, method=kind.method, words=kind.words):
                return Failure(candidate=self.candidate, reason=f"{kind.hook}: {fault}")
        return classes


def candidates() -> list[Candidate]:
    """The entry points of all installed distributions, in the order of the distributions' names."""
    found: dict[tuple[str, str], Candidate] = {}
    for distribution in distributions():
        for entry_point in distribution.entry_points.select(group=hookspecs.PROJECT):
            name = _name(distribution)
            # A distribution may be on the path twice; the first one is what an import finds.
            found.setdefault(
                (name.lower().replace("_", "-"), entry_point.name),
                Candidate(distribution=name, version=distribution.version, entry_point=entry_point),
            )
    return [found[key] for key in sorted(found)]


def described(mishap: BaseException) -> str:
    """An exception in one line."""
    return " ".join(f"{type(mishap).__name__}: {mishap}".split()).removesuffix(":")


def _name(distribution: Distribution) -> str:
    # Left-overs of a broken installation have no metadata, and then neither name nor entry points.
    return distribution.metadata["Name"] or "unknown"


def _listed(answer: Any) -> list[Any]:
    if isinstance(answer, Iterable) and not isinstance(answer, (str, type)):
        return list(answer)
    raise TypeError(f"a hook returns a list of classes, got {answer!r}")
