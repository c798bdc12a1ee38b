"""What the networks that read entities ask of an observation."""

from typing import Any

from kinetix_env.errors import ConfigError
from kinetix_env.observations import BODY, JOINT, THRUSTER, Entities

__all__ = ["check_entities"]

LEAST = {"polygons": BODY.width, "circles": BODY.width, "joints": JOINT.width, "thrusters": THRUSTER.width}


def check_entities(reader: str, observation: Any) -> Entities:
    """The shapes of an observation of `Entities` with the columns of ours, and perhaps more; else a `ConfigError`."""
    if not isinstance(observation, Entities):
        kind = type(observation).__name__
        raise ConfigError(f"{reader} reads the observation 'entity' or other `Entities`, got one of type {kind}.")
    for rows, least in LEAST.items():
        width = getattr(observation, rows).shape[-1]
        if width < least:
            raise ConfigError(f"{reader} reads at least {least} columns of {rows}, got {width}.")
    return observation
