"""Transformers that read the entity observation: a fast one of our own, and the published one, weights included."""

from .config import Transformer
from .weights import from_published, to_published

__all__ = ["Transformer", "from_published", "to_published"]
