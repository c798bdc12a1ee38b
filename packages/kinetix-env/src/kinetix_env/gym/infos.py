"""The `info` of a batch, in the form of Gymnasium's own vector environments.

Each name of an info has an array, a number for each environment, and beside it under `_name` which of them have one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Bool

__all__ = ["Info", "final_info", "info_of", "row_of"]

Info = dict[str, Any]


def info_of(parts: Mapping[str, np.ndarray], there: Bool[np.ndarray, " env"]) -> Info:
    """The info dict of a batch, with values for the environments where `there` is set and zero elsewhere."""
    info: Info = {}
    for name, part in parts.items():
        info[name], info[f"_{name}"] = np.where(there, part, np.zeros((), part.dtype)), there.copy()
    return info


def final_info(obs: Any, parts: Mapping[str, np.ndarray], ended: Bool[np.ndarray, " env"]) -> Info:
    """The last observation and info of the environments that ended, where the next episode begins in the same step."""
    final = np.full(len(ended), None, object)
    for row in np.flatnonzero(ended):
        final[row] = row_of(obs, int(row))
    return {
        "final_obs": final,
        "_final_obs": ended.copy(),
        "final_info": info_of(parts, ended),
        "_final_info": ended.copy(),
    }


def row_of(obs: Any, row: int) -> Any:
    """The observation of one environment."""
    if isinstance(obs, dict):
        return {name: row_of(part, row) for name, part in obs.items()}
    return tuple(row_of(part, row) for part in obs) if isinstance(obs, tuple) else obs[row]
