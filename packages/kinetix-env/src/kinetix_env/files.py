"""Atomic writes, for packages and plugins that stand on this one."""

from jax2d.files import write_atomically as write_atomically

__all__ = ["write_atomically"]
