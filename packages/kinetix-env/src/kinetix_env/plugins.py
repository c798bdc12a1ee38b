"""Add your own environments, observations, curricula, commands and more from a package of your own.

A plugin is a module with functions marked `@hookimpl`, one for each kind of thing that it adds. Its distribution names
it in its entry points, under the group "kinetix". docs/plugins.md shows a whole one. Nothing is loaded
until `registry()` is called; what kinetix_env itself has is registered the same way."""

from .registry.hookspecs import KINDS, hookimpl
from .registry.manager import Failure
from .registry.registry import Catalogue, Registry, Source, load_plugins, registry

__all__ = ["KINDS", "Catalogue", "Failure", "Registry", "Source", "hookimpl", "load_plugins", "registry"]
