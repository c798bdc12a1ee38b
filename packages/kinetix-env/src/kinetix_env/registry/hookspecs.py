"""Everything a plugin may add. One hook a kind of thing; each returns the classes to register.

A class is a config: a frozen, keyword-only dataclass with a `name` and a `build(...)` (commands: `run()`).
A hook is called once, when something of its kind is first asked for, so it is the place for slow imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:  # for these annotations only: whoever lists the commands need not wait for JAX
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

PROJECT = "kinetix"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def kinetix_environments() -> list[type[EnvironmentConfig]]:  # type: ignore[empty-body]
    """Environments that `make` knows by name."""


@hookspec
def kinetix_level_generators() -> list[type[LevelGeneratorConfig]]:  # type: ignore[empty-body]
    """Distributions of levels."""


@hookspec
def kinetix_observations() -> list[type[ObservationConfig]]:  # type: ignore[empty-body]
    """What an agent may see."""


@hookspec
def kinetix_action_spaces() -> list[type[ActionSpaceConfig]]:  # type: ignore[empty-body]
    """What an agent may do."""


@hookspec
def kinetix_rewards() -> list[type[RewardConfig]]:  # type: ignore[empty-body]
    """What an agent is given for a step."""


@hookspec
def kinetix_curricula() -> list[type[CurriculumConfig]]:  # type: ignore[empty-body]
    """Ways to choose the levels that an agent trains on."""


@hookspec
def kinetix_policies() -> list[type[PolicyConfig]]:  # type: ignore[empty-body]
    """Networks that act."""


@hookspec
def kinetix_metric_sinks() -> list[type[MetricSinkConfig]]:  # type: ignore[empty-body]
    """Places that the numbers of a run are written to."""


@hookspec
def kinetix_commands() -> list[type[Command]]:  # type: ignore[empty-body]
    """Subcommands of `kinetix`. A name of two words, such as "levels show", is a command of a group."""
