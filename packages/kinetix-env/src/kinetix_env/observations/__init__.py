"""What an agent sees: entities, one flat vector, one padded table, or an image."""

from .entity import Entities, EntityObservation
from .flat import FlatObservation, PaddedObservation
from .inverse import state_from_observation
from .pixels import Pixels, PixelsObservation

__all__ = [
    "Entities",
    "EntityObservation",
    "FlatObservation",
    "PaddedObservation",
    "Pixels",
    "PixelsObservation",
    "state_from_observation",
]
