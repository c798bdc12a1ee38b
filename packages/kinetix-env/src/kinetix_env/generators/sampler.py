"""The random generator: the published distribution of levels, for one capacity."""

import equinox as eqx
from jaxtyping import Array

from .build import build_drafts
from .draft import Draft
from .filtered import FilteredGenerator
from .settings import Settings

__all__ = ["RandomGenerator"]


class RandomGenerator(FilteredGenerator):
    """The random generator for one capacity; made by `RandomLevels.build`."""

    settings: Settings = eqx.field(static=True)

    def _drafts(self, keys: Array) -> Draft:
        return build_drafts(self.settings, self.capacity, keys)
