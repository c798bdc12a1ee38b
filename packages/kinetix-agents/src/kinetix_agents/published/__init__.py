"""Agents that Kinetix 3 published: from the files that they are kept in to a run's configuration and parameters."""

from .agents import PARAMS as PARAMS
from .agents import is_published as is_published
from .agents import read_published as read_published

__all__ = ["PARAMS", "is_published", "read_published"]
