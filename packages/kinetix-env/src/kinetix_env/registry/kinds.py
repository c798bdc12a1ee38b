"""The kinds of things that can be registered. The hook of a kind is `kinetix_` and its name."""

from dataclasses import dataclass

from .hookspecs import PROJECT

__all__ = ["KINDS", "Kind"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of thing."""

    name: str  # plural, an attribute of `Registry`
    one: str  # what error messages call one of them
    method: str = "build"  # what its classes must have
    words: bool = False  # whether a name may be several words

    @property
    def hook(self) -> str:
        """The hook that plugins implement."""
        return f"{PROJECT}_{self.name}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind(name="environments", one="environment"),
        Kind(name="level_generators", one="level generator"),
        Kind(name="observations", one="observation"),
        Kind(name="action_spaces", one="action space"),
        Kind(name="rewards", one="reward"),
        Kind(name="curricula", one="curriculum"),
        Kind(name="policies", one="policy"),
        Kind(name="metric_sinks", one="metric sink"),
        Kind(name="commands", one="command", method="run", words=True),
    )
}
