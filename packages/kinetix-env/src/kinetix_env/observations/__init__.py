"""What an agent sees: entities, one flat vector, one padded table, or an image."""

from .columns import (
    BODY,
    CIRCLE,
    JOINT,
    THRUSTER,
    Column,
    Columns,
    FlatColumn,
    entity_columns,
    flat_columns,
    flat_mask,
    polygon_columns,
)
from .entity import Entities, EntityObservation
from .flat import FlatObservation, PaddedObservation
from .inverse import state_from_observation
from .pixels import Pixels, PixelsObservation

__all__ = [
    "BODY",
    "CIRCLE",
    "JOINT",
    "THRUSTER",
    "Column",
    "Columns",
    "Entities",
    "EntityObservation",
    "FlatColumn",
    "FlatObservation",
    "PaddedObservation",
    "Pixels",
    "PixelsObservation",
    "entity_columns",
    "flat_columns",
    "flat_mask",
    "polygon_columns",
    "state_from_observation",
]
