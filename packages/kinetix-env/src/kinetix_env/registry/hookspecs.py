"""Everything that a plugin may add: one hook for each kind of thing. A hook returns the classes to register.

A class is a config: a frozen, keyword-only dataclass with a `name` and a `build(...)` (commands: `run()`).
A hook is called once, when something of its kind is first asked for, so it is the place for slow imports.

The hooks here are the list of kinds. A new kind takes a hook in this file, an attribute of `Registry`, a protocol for
its config in `kinetix_env.protocols`, and a heading in docs/plugins.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pluggy

if TYPE_CHECKING:  # for these annotations only: listing the commands must not load JAX
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

__all__ = ["KINDS", "PROJECT", "Kind", "hookimpl"]

PROJECT = "kinetix"

F = TypeVar("F", bound=Callable[[], object])

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of thing that can be registered."""

    name: str  # plural, an attribute of `Registry`
    one: str  # what error messages call one of them
    method: str = "build"  # what its classes must have
    words: bool = False  # whether a name may be several words

    @property
    def hook(self) -> str:
        """The hook that plugins implement."""
        return f"{PROJECT}_{self.name}"


KINDS: dict[str, Kind] = {}  # by name, in the order of the hooks below


def _kind(one: str, *, method: str = "build", words: bool = False) -> Callable[[F], F]:
    """Declare that a function is the hook of a kind: `kinetix_` and the kind's name."""

    def declare(hook: F) -> F:
        name = hook.__name__.removeprefix(f"{PROJECT}_")
        KINDS[name] = Kind(name=name, one=one, method=method, words=words)
        return hookspec(hook)

    return declare


@_kind("environment")
def kinetix_environments() -> list[type[EnvironmentConfig]]:  # type: ignore[empty-body]
    """Environments that `make` knows by name."""


@_kind("level generator")
def kinetix_level_generators() -> list[type[LevelGeneratorConfig]]:  # type: ignore[empty-body]
    """Distributions of levels."""


@_kind("observation")
def kinetix_observations() -> list[type[ObservationConfig]]:  # type: ignore[empty-body]
    """What an agent may see."""


@_kind("action space")
def kinetix_action_spaces() -> list[type[ActionSpaceConfig]]:  # type: ignore[empty-body]
    """What an agent may do."""


@_kind("reward")
def kinetix_rewards() -> list[type[RewardConfig]]:  # type: ignore[empty-body]
    """What an agent is given for a step."""


@_kind("curriculum")
def kinetix_curricula() -> list[type[CurriculumConfig]]:  # type: ignore[empty-body]
    """Ways to choose the levels that an agent trains on."""


@_kind("policy")
def kinetix_policies() -> list[type[PolicyConfig]]:  # type: ignore[empty-body]
    """Networks that act."""


@_kind("metric sink")
def kinetix_metric_sinks() -> list[type[MetricSinkConfig]]:  # type: ignore[empty-body]
    """Places that the metrics of a run are written to."""


@_kind("command", method="run", words=True)
def kinetix_commands() -> list[type[Command]]:  # type: ignore[empty-body]
    """Subcommands of `kinetix`. A name of two words, such as "levels show", is a command of a group."""
