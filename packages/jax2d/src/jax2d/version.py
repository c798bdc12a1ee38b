"""The version of the installed package, which its pyproject.toml states."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("jax2d")
