"""Agents that Kinetix 3 published: from the files that they are kept in to an `Agent` of ours."""

from .agents import PARAMS as PARAMS
from .agents import is_published as is_published
from .agents import load_published as load_published
from .agents import published_run as published_run

__all__ = ["PARAMS", "is_published", "load_published", "published_run"]
