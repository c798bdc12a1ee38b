"""What kinetix_env itself registers, through the same hooks as everybody else.

The imports are inside the hooks, so that a command that needs no JAX does not wait for it."""

from typing import Any

from .registry.hookspecs import hookimpl


@hookimpl
def kinetix_environments() -> list[type[Any]]:
    """The published sizes, and any other."""
    from .environments import KinetixCustom, KinetixL, KinetixM, KinetixS

    return [KinetixS, KinetixM, KinetixL, KinetixCustom]


@hookimpl
def kinetix_level_generators() -> list[type[Any]]:
    """The published distribution of random levels, and creatures that have to get somewhere."""
    from .generators import LocomotionLevels, RandomLevels

    return [RandomLevels, LocomotionLevels]


@hookimpl
def kinetix_observations() -> list[type[Any]]:
    """Sets of entities, one row of numbers, and images."""
    from .observations import EntityObservation, FlatObservation, PaddedObservation, PixelsObservation

    return [EntityObservation, FlatObservation, PaddedObservation, PixelsObservation]


@hookimpl
def kinetix_action_spaces() -> list[type[Any]]:
    """One choice per motor and thruster, one number each, and one choice in all."""
    from .task.actions import Continuous, Discrete, MultiDiscrete

    return [MultiDiscrete, Continuous, Discrete]


@hookimpl
def kinetix_rewards() -> list[type[Any]]:
    """The end of the task alone, and with shaping."""
    from .task.rewards import Dense, Published, Sparse

    return [Sparse, Dense, Published]


@hookimpl
def kinetix_curricula() -> list[type[Any]]:
    """The two simplest."""
    from .sources.curricula import ListCurriculum, RandomCurriculum

    return [RandomCurriculum, ListCurriculum]


@hookimpl
def kinetix_commands() -> list[type[Any]]:
    """The subcommands that need nothing but this package."""
    from .cli.bench import BenchEnv
    from .cli.completion import Completion
    from .cli.levels_check import LevelsCheck
    from .cli.levels_convert import LevelsConvert
    from .cli.levels_gallery import LevelsGallery
    from .cli.levels_list import LevelsList
    from .cli.levels_random import LevelsRandom
    from .cli.levels_show import LevelsShow
    from .cli.levels_solve import LevelsSolve
    from .cli.render import Render
    from .cli.show_cache import ShowCache
    from .cli.show_plugins import ShowPlugins

    levels = [LevelsList, LevelsShow, LevelsCheck, LevelsConvert, LevelsRandom, LevelsSolve, LevelsGallery]
    return [*levels, Render, ShowPlugins, ShowCache, Completion, BenchEnv]
