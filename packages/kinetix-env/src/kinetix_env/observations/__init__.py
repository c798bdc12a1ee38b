"""What an agent sees: entities, one flat vector, or one padded table."""

from .entity import Entities, EntityObservation
from .flat import FlatObservation, PaddedObservation

__all__ = ["Entities", "EntityObservation", "FlatObservation", "PaddedObservation"]
