"""Arguments of `SceneBuilder`, checked one at a time: each function returns a clean value or raises `SceneError`.

The message names the method and the argument, says what it takes and what it got. The ranges keep masses,
moments of inertia and their products representable in float32 (8e29 kg m^2 for the largest circle) and lie
far outside of what a scene of a few metres needs."""

import reprlib

import numpy as np

from .errors import SceneError

__all__ = ["LARGEST", "LEAST_DENSITY", "LEAST_LENGTH", "corners", "flag", "interval", "number", "pair", "shown"]

LARGEST = 1e6  # no number is larger, in whatever unit
LEAST_LENGTH = 1e-3  # m, of a side or a radius: a tenth of the contact slop, so nothing smaller could rest
LEAST_DENSITY = 1e-6  # kg/m^2

LONGEST_SHOWN = 400  # characters of a value in a message

_short = reprlib.Repr()
_short.maxother = _short.maxstring = _short.maxlong = 100


def shown(value: object) -> str:
    """A value as one short line for a message."""
    try:
        line = " ".join(_short.repr(value).split())
    except Exception:  # Python refuses to print integers of thousands of digits, and any type may refuse
        return f"something of type {type(value).__name__}"
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]} ..."


def _numbers(value: object) -> np.ndarray | None:
    """The value as a float64 array, or None unless it is made of plain real numbers only."""
    try:
        array = np.asarray(value)
        parts = np.asarray(value, dtype=object)  # before numpy turns [True, 2.0] into numbers
    except Exception:  # ragged lists, traced arrays, objects whose own conversion fails
        return None
    if array.dtype.kind not in "iuf" or any(isinstance(part, (bool, np.bool_)) for part in parts.flat):
        return None
    with np.errstate(over="ignore"):  # what overflows is infinite, and refused by its range
        return array.astype(np.float64)


def _within(array: np.ndarray, least: float, most: float) -> bool:
    return bool(np.all((array >= least) & (array <= most)))  # false for nan


def number(value: object, name: str, least: float = -LARGEST, most: float = LARGEST) -> float:
    """One real number in [least, most]; `name` is the argument in full, as in `SceneBuilder.box: width`."""
    array = _numbers(value)
    if array is None or array.shape != () or not _within(array, least, most):
        raise SceneError(f"{name} must be a number from {least:g} to {most:g}, got {shown(value)}.")
    return float(array)


def pair(value: object, name: str) -> np.ndarray:
    """Two real numbers, [2]."""
    array = _numbers(value)
    if array is None or array.shape != (2,) or not _within(array, -LARGEST, LARGEST):
        raise SceneError(f"{name} must be two numbers (x, y) from {-LARGEST:g} to {LARGEST:g}, got {shown(value)}.")
    return array


def interval(value: object, name: str) -> tuple[float, float]:
    """Two real numbers, the smaller one first."""
    low, high = pair(value, name)
    if not np.float32(low) < np.float32(high):
        raise SceneError(f"{name} must be (min, max) with min below max, got {shown(value)}.")
    return float(low), float(high)


def corners(value: object, name: str, most: int) -> np.ndarray:
    """The corners of a polygon, [corner, 2], between 3 and `most` of them."""
    array = _numbers(value)
    if array is None or array.ndim != 2 or array.shape[1] != 2 or not _within(array, -LARGEST, LARGEST):
        takes = f"a list of corners (x, y), numbers from {-LARGEST:g} to {LARGEST:g}"
        raise SceneError(f"{name} must be {takes}, got {shown(value)}.")
    if not 3 <= len(array) <= most:
        raise SceneError(f"{name} must be 3 to {most} corners (Capacity.vertices is {most}), got {len(array)}.")
    return array


def flag(value: object, name: str) -> bool:
    """True or False, and nothing that merely counts as such."""
    if not isinstance(value, (bool, np.bool_)):
        raise SceneError(f"{name} must be True or False, got {shown(value)}.")
    return bool(value)
