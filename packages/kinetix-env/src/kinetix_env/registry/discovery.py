"""Where plugins are looked for: the entry points of the group "kinetix" of all installed distributions."""

from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions

from .hookspecs import PROJECT

__all__ = ["Candidate", "candidates"]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An entry point, and the distribution that declares it. It need not be loaded."""

    distribution: str
    version: str
    entry_point: EntryPoint

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"

    @property
    def key(self) -> str:
        """What distinguishes it from all other candidates, whatever the spelling of the distribution's name."""
        return f"{self.distribution.lower().replace('_', '-')}:{self.entry_point.name}"


def candidates() -> list[Candidate]:
    """The entry points of all installed distributions, in the order of the distributions' names."""
    found: dict[str, Candidate] = {}
    for distribution in distributions():
        for entry_point in distribution.entry_points.select(group=PROJECT):
            candidate = Candidate(
                distribution=_name(distribution), version=distribution.version, entry_point=entry_point
            )
            # A distribution may be on the path twice; the first one is what an import finds.
            found.setdefault(candidate.key, candidate)
    return [found[key] for key in sorted(found)]


def _name(distribution: Distribution) -> str:
    # The remains of a broken installation have no metadata, and then neither name nor entry points.
    return distribution.metadata["Name"] or "unknown"
