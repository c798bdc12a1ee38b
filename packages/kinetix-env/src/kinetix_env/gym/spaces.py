"""Conversion of observations and actions to Gymnasium spaces and their arrays."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces

from ..errors import ActionError
from ..task.heads import heads_of
from ..task.protocols import ActionSpace

__all__ = ["action_space_of", "checked_actions", "observation_space_of", "plain"]

Space = spaces.Space[Any]


def plain(observation: Any) -> Any:
    """An observation as arrays, dicts and tuples: objects become dicts of their fields, flags become int8."""
    return jax.tree.map(lambda x: x.astype(jnp.int8) if x.dtype == bool else x, _nested(observation))


def _nested(observation: Any) -> Any:
    if is_dataclass(observation) and not isinstance(observation, type | jax.ShapeDtypeStruct):
        return {field.name: _nested(getattr(observation, field.name)) for field in fields(observation)}
    if isinstance(observation, Mapping):
        return {str(name): _nested(part) for name, part in observation.items()}
    if isinstance(observation, (tuple, list)):
        return tuple(_nested(part) for part in observation)
    return observation


def observation_space_of(shapes: Any, bounds: tuple[float, float] | None = None) -> Space:
    """The space of an observation whose arrays have these shapes and types (`jax.ShapeDtypeStruct`), made `plain`.

    Real numbers lie within `bounds`, or anywhere without them.
    """
    nested = _nested(shapes)
    if isinstance(nested, dict):
        return spaces.Dict({name: observation_space_of(part, bounds) for name, part in nested.items()})
    if isinstance(nested, tuple):
        return spaces.Tuple([observation_space_of(part, bounds) for part in nested])
    if nested.dtype == bool:
        return spaces.Box(0, 1, nested.shape, np.int8)
    dtype: np.dtype[Any] = np.dtype(nested.dtype)
    if dtype.kind in "iu":
        return spaces.Box(np.iinfo(dtype).min, np.iinfo(dtype).max, nested.shape, dtype.type)
    low, high = bounds or (-np.inf, np.inf)
    return spaces.Box(low, high, nested.shape, dtype.type)


def action_space_of(space: ActionSpace) -> Space:
    """The space of one action: what its `heads` and, for real numbers, its `bounds` say."""
    heads = heads_of(space)
    if heads.scalar:
        return spaces.Discrete(heads.choices[0])
    if heads.choices:
        return spaces.MultiDiscrete(np.asarray(heads.choices), dtype=np.int32)
    low, high = (np.broadcast_to(np.asarray(end, np.float32), heads.shape) for end in space.bounds)
    return spaces.Box(low, high, heads.shape, np.float32)


def checked_actions(caller: str, space: Space, actions: Any, count: int | None = None) -> np.ndarray:
    """An action of the space, or `count` of them, as an array that JAX takes; an `ActionError` if it is none.

    Real numbers beyond their bounds are let through, since the environment clips them.
    """

    def refusal(got: str) -> ActionError:
        return ActionError(
            f"{caller} takes {'an action' if count is None else f'{count} actions'} in {space}, got {got}."
        )

    try:
        given = np.asarray(actions)
    except (TypeError, ValueError):
        raise refusal(f"{type(actions).__name__} that is no array") from None
    real = isinstance(space, spaces.Box)
    shape = (() if count is None else (count,)) + (space.shape or ())
    if given.shape != shape or given.dtype.kind not in ("f" if real else "iu"):
        raise refusal(f"{given.dtype} of shape {given.shape}")
    choices: Any = space.nvec if isinstance(space, spaces.MultiDiscrete) else getattr(space, "n", 0)
    wrong = ~np.isfinite(given) if real else (given < 0) | (given >= choices)
    if wrong.any():
        where = tuple(int(k) for k in np.argwhere(wrong)[0])
        place = f" at {where}" if where else ""
        raise refusal(f"{given[where]}{place}{'' if real else '; choices count from 0'}")
    return given.astype(np.float32 if real else np.int32)
