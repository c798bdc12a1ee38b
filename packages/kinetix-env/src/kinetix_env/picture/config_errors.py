"""Wrong settings of pictures, which `jax2d` refuses, as the error of this package."""

from collections.abc import Iterator
from contextlib import contextmanager

from jax2d import SceneError

from ..errors import ConfigError

__all__ = ["config_errors"]


@contextmanager
def config_errors() -> Iterator[None]:
    """Raise a `ConfigError` with the same words in place of a `SceneError`; also a decorator."""
    try:
        yield
    except SceneError as error:
        raise ConfigError(str(error)) from error
