"""The settings of both transformers. What is left open (None) depends on the style."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import jax
import jax.numpy as jnp

from kinetix_env.config import check_choice, check_flags, check_integer, checks_its_fields
from kinetix_env.errors import ConfigError
from kinetix_env.protocols import ActionSpace, Policy

from ...distributions import head_of
from ..entities import check_entities
from ..network import Recipe
from ..recurrent import network_policy
from .fast import FastTransformer
from .published import RELATIONS, PublishedTransformer
from .sizes import Sizes

__all__ = ["Transformer"]

Style = Literal["fast", "published"]
Dtype = Literal["auto", "float32", "bfloat16"]

DEFAULTS: dict[str, dict[str, int]] = {
    "fast": {"width": 64, "heads": 4, "attention": 64, "head_depth": 1, "head_width": 128, "walls": 4},
    "published": {"width": 128, "heads": 8, "attention": 16, "head_depth": 5, "head_width": 128},
}
MINIMUM = {"layers": 1, "width": 2, "heads": 1, "attention": 1, "head_depth": 0, "head_width": 1, "walls": 0}


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class Transformer:
    """A transformer: attention among the bodies, with messages along joints and thrusters."""

    name: ClassVar[str] = "transformer"
    observation: ClassVar[str] = "entity"
    style: Style = "fast"  # our own network, or the published one, whose weights can be loaded
    layers: int = 2  # number of transformer layers
    width: int | None = None  # width of an entity's features; default 64, published 128
    heads: int | None = None  # number of attention heads; default 4, published 8 (two per relation between bodies)
    attention: int | None = None  # total width of all attention heads; default width, published 16
    head_depth: int | None = None  # hidden layers of actor and critic; default 1, published 5
    head_width: int | None = None  # width of those layers; default twice width, published 128
    walls: int | None = None  # number of leading polygons that never move (fast style); default 4, at most all polygons
    legacy_kinds: bool = False  # mark polygons as circles, as the first published agents do (published style)
    recurrent: bool = False  # add a GRU, which remembers earlier steps of the episode
    dtype: Dtype = "auto"  # dtype of the computation; auto: bfloat16 on a GPU with the fast style, otherwise float32

    def __post_init__(self) -> None:
        check_choice(self, "style", get_args(Style))
        check_choice(self, "dtype", get_args(Dtype))
        for field, least in MINIMUM.items():
            check_integer(self, field, least, optional=field != "layers")
        check_flags(self, ["legacy_kinds", "recurrent"])
        if self.style == "fast" and self.legacy_kinds:
            raise ConfigError("Transformer.legacy_kinds is for style 'published' only.")
        if self.style == "published" and self.walls is not None:
            raise ConfigError(f"Transformer.walls is for style 'fast' only, got {self.walls!r}.")
        sizes = self.sizes
        if sizes.attention % sizes.heads:
            raise ConfigError(
                f"Transformer.attention must be a multiple of its {sizes.heads} heads, got {sizes.attention}."
            )
        if self.style == "published" and sizes.heads % RELATIONS:
            raise ConfigError(
                f"Transformer.heads must be a multiple of {RELATIONS} in style 'published', got {sizes.heads}."
            )

    @property
    def sizes(self) -> Sizes:
        """The sizes, with what is left open filled in."""
        default = dict(DEFAULTS[self.style])
        if self.style == "fast" and self.width is not None:
            default |= {"attention": self.width, "head_width": 2 * self.width}
        names = ("width", "heads", "attention", "head_depth", "head_width")
        given = {name: getattr(self, name) for name in names}
        chosen = {name: default[name] if value is None else value for name, value in given.items()}
        return Sizes(layers=self.layers, dtype=self._computes_in(), **chosen)

    def _computes_in(self) -> Any:
        if self.dtype != "auto":
            return jnp.dtype(self.dtype)
        fast = self.style == "fast" and jax.default_backend() == "gpu"
        return jnp.dtype(jnp.bfloat16 if fast else jnp.float32)

    def build(self, observation: Any, action_space: ActionSpace) -> Policy:
        """The policy for one observation's shapes and an action space."""
        entities = check_entities("Transformer", observation)
        sizes, head = self.sizes, head_of(action_space)
        if self.style == "published":
            published = Recipe(PublishedTransformer, (entities, head, sizes, self.legacy_kinds))
            return network_policy(published, width=sizes.width, recurrent=self.recurrent)
        polygons = entities.polygons.shape[0]
        walls = min(DEFAULTS["fast"]["walls"], polygons) if self.walls is None else self.walls
        if walls > polygons:
            raise ConfigError(f"Transformer.walls counts some of the {polygons} polygons, so it cannot be {walls}.")
        fast = Recipe(FastTransformer, (entities, action_space, sizes, walls))
        return network_policy(fast, width=sizes.width, recurrent=self.recurrent)
