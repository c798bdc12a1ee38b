"""What is registered, by kind and name, and which distribution it came from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ..errors import PluginError, UnknownNameError, unknown
from .discovery import Candidate, candidates
from .hookspecs import KINDS, Kind
from .manager import Failure, Plugins

if TYPE_CHECKING:  # listing the commands need not wait for JAX
    from ..task.env_config import EnvironmentConfig
    from ..task.protocols import (
        ActionSpaceConfig,
        Command,
        CurriculumConfig,
        LevelGeneratorConfig,
        MetricSinkConfig,
        ObservationConfig,
        PolicyConfig,
        RewardConfig,
    )

__all__ = ["Catalogue", "Registry", "Source", "load_plugins", "registry"]

C = TypeVar("C")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A registered class and the distribution that it came from."""

    cls: type[Any]
    distribution: str
    version: str


class Catalogue(Mapping[str, type[C]], Generic[C]):
    """The classes of one kind by name. `UnknownNameError` for others, with the closest name and all names.

    A name that two plugins claim is neither's: asking for it is a `PluginError`.
    """

    def __init__(
        self,
        kind: Kind,
        sources: Mapping[str, Source],
        failures: Iterable[Failure] = (),
        clashes: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.sources = dict(sources)
        self.failures = tuple(failures)
        self.clashes = dict(clashes or {})  # sentences, by name

    def __getitem__(self, name: str) -> type[C]:
        if name in self.sources:
            return cast("type[C]", self.sources[name].cls)
        if name in self.clashes:
            raise PluginError(self.clashes[name])
        message = unknown(self.kind.one, name, self.sources)
        if self.failures:
            message += f" It may belong to a plugin that failed. {'. '.join(map(str, self.failures))}."
        raise UnknownNameError(message)

    def __contains__(self, name: object) -> bool:
        return name in self.sources

    def __iter__(self) -> Iterator[str]:
        return iter(self.sources)

    def __len__(self) -> int:
        return len(self.sources)

    def get(self, name: str, default: Any = None) -> Any:
        """The class of a name, or `default`."""
        source = self.sources.get(name)
        return default if source is None else source.cls


class Registry:
    """Everything that is registered: `registry().observations["entity"]`.

    Plugins are imported when it is made. The hook of a kind is called when that kind is first asked for.
    """

    environments: "Catalogue[EnvironmentConfig]"
    level_generators: "Catalogue[LevelGeneratorConfig]"
    observations: "Catalogue[ObservationConfig]"
    action_spaces: "Catalogue[ActionSpaceConfig]"
    rewards: "Catalogue[RewardConfig]"
    curricula: "Catalogue[CurriculumConfig]"
    policies: "Catalogue[PolicyConfig]"
    metric_sinks: "Catalogue[MetricSinkConfig]"
    commands: "Catalogue[Command]"

    def __init__(self, found: Iterable[Candidate]) -> None:
        self._plugins = Plugins(found)

    @property
    def plugins(self) -> tuple[Candidate, ...]:
        """The plugins that were imported."""
        return self._plugins.candidates

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The plugins that failed so far: to be imported, or in a hook that was called."""
        return tuple(self._plugins.failures)

    def __getattr__(self, name: str) -> Any:
        if name not in KINDS:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        catalogue = self._collect(KINDS[name])
        setattr(self, name, catalogue)
        return catalogue

    def catalogue(self, kind: str) -> "Catalogue[Any]":
        """All classes of a kind, such as "observations"."""
        if kind not in KINDS:
            raise UnknownNameError(unknown("kind of plugin", kind, KINDS))
        return cast("Catalogue[Any]", getattr(self, kind))

    def get(self, kind: str, name: str) -> type[Any]:
        """The class of a kind with a name."""
        return self.catalogue(kind)[name]

    def sources(self, kind: str) -> dict[str, Source]:
        """Where the classes of a kind came from, by name."""
        return self.catalogue(kind).sources

    def _collect(self, kind: Kind) -> "Catalogue[Any]":
        sources: dict[str, Source] = {}
        clashes: dict[str, str] = {}
        for candidate, classes in self._plugins.classes(kind):
            for cls in classes:
                if cls.name in sources:
                    clashes.setdefault(cls.name, _clash(kind, cls.name, sources[cls.name], candidate))
                    continue
                sources[cls.name] = Source(cls=cls, distribution=candidate.distribution, version=candidate.version)
        free = {name: source for name, source in sources.items() if name not in clashes}
        return Catalogue(kind, free, self.failures, clashes)


def _clash(kind: Kind, name: str, first: Source, second: Candidate) -> str:
    return (
        f"Two plugins register {kind.one} {name!r}: {first.distribution} {first.version} "
        f"({first.cls.__module__}.{first.cls.__qualname__}) and {second}. Uninstall one of them."
    )


def load_plugins() -> Registry:
    """Look for plugins among the installed distributions, anew."""
    return Registry(candidates())


@cache
def registry() -> Registry:
    """What is registered, found once in a process."""
    return load_plugins()
