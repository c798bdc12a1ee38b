"""Atomic writes, for packages and plugins that stand on this one."""

from jax2d.files import check_writable as check_writable
from jax2d.files import write_atomically as write_atomically

__all__ = ["check_writable", "write_atomically"]
