"""What is measured of a batch of levels, from its columns (see columns.py).

Counts give one number per level, the other measures one per entity. `compare` says whether two samples of a
measure differ by more than chance: means by their standard errors (z), distributions by the two-sample
Kolmogorov-Smirnov test (p), asymptotic. Entities of one level are not independent, so z and p are a little too
strict; the bounds leave room for that and for the number of measures."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["LIMIT_P", "LIMIT_Z", "Comparison", "compare", "measures"]

LIMIT_Z = 4.0
LIMIT_P = 1e-4
_WALLS = 4
_ROLES = {"none": 0, "green": 1, "blue": 2, "red": 3}

Columns = dict[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One measure of both generators."""

    name: str
    ours: float  # means
    peer: float
    error: float  # standard error of the difference of the means
    z: float
    p: float
    ours_quantiles: list[float]  # 10, 50 and 90 %
    peer_quantiles: list[float]
    counts: tuple[int, int]

    @property
    def differs(self) -> bool:
        """Whether the difference is beyond chance."""
        return abs(self.z) > LIMIT_Z or self.p < LIMIT_P


def measures(columns: Columns) -> dict[str, np.ndarray]:
    """All measures of a batch, each a sample."""
    joined = {
        name: np.concatenate([columns[f"polygon/{name}"], columns[f"circle/{name}"]], 1)
        for name in ("active", "role", "x", "y", "angle", "inverse_mass")
    }
    active = joined["active"].astype(bool)
    found = _counts(columns, joined, active)
    for role, number in _ROLES.items():
        here = active & (joined["role"] == number)
        found |= {f"x of {role}": joined["x"][here], f"y of {role}": joined["y"][here]}
    immovable = active & (joined["inverse_mass"] == 0)
    turns = np.mod(joined["angle"][active], 2 * math.pi)
    found |= {"y of immovable": joined["y"][immovable], "x of immovable": joined["x"][immovable], "angle": turns}
    return found | _sizes(columns) | _joints(columns) | _thrusters(columns, joined["inverse_mass"])


def _counts(columns: Columns, joined: dict[str, np.ndarray], active: np.ndarray) -> dict[str, np.ndarray]:
    """Numbers of things, one for each level."""
    joint, fixed = columns["joint/active"].astype(bool), columns["joint/fixed"].astype(bool)
    circles = columns["circle/active"].astype(bool)
    found = {
        "polygons": columns["polygon/active"].sum(1),
        "circles": circles.sum(1),
        "immovable shapes": (active & (joined["inverse_mass"] == 0)).sum(1),
        "revolute joints": (joint & ~fixed).sum(1),
        "fixed joints": (joint & fixed).sum(1),
        "motors": (joint & columns["joint/motor"].astype(bool)).sum(1),
        "limited joints": (joint & columns["joint/limited"].astype(bool)).sum(1),
        "thrusters": columns["thruster/active"].sum(1),
    }
    for role, number in _ROLES.items():
        found[f"{role} shapes"] = (active & (joined["role"] == number)).sum(1)
        found[f"{role} circles"] = (circles & (columns["circle/role"] == number)).sum(1)
        found[f"floor {role}"] = columns["floor/role"][:, 0] == number
    pairs = _joined_pairs(columns)
    for a, b in (("green", "red"), ("green", "blue"), ("none", "none"), ("none", "green")):
        found[f"joints of {a} and {b}"] = pairs[(_ROLES[a], _ROLES[b])]
    return found


def _joined_pairs(columns: Columns) -> dict[tuple[int, int], np.ndarray]:
    """How many joints each level has between two roles, in any order."""
    polygons = columns["polygon/role"].shape[1] + _WALLS
    walls = np.zeros((len(columns["floor/role"]), _WALLS), int)
    walls[:, 0] = columns["floor/role"][:, 0]
    role = np.concatenate([walls, columns["polygon/role"], columns["circle/role"]], 1)
    assert role.shape[1] == polygons + columns["circle/role"].shape[1]
    a, b = (np.take_along_axis(role, columns[f"joint/{end}"].astype(int), 1) for end in "ab")
    active = columns["joint/active"].astype(bool)
    low, high = np.minimum(a, b), np.maximum(a, b)
    return {
        (first, second): (active & (low == first) & (high == second)).sum(1)
        for first in range(4)
        for second in range(first, 4)
    }


def _sizes(columns: Columns) -> dict[str, np.ndarray]:
    """Sizes of shapes, and of those that joints connect."""
    polygon, circle = columns["polygon/active"].astype(bool), columns["circle/active"].astype(bool)
    width, height = columns["polygon/width"], columns["polygon/height"]
    linked = _linked(columns)
    first = polygon.shape[1]
    return {
        "longer side": np.maximum(width, height)[polygon],
        "shorter side": np.minimum(width, height)[polygon],
        "width": width[polygon],
        "radius": columns["circle/radius"][circle],
        "radius, connected": columns["circle/radius"][circle & linked[:, first:]],
        "shorter side, connected": np.minimum(width, height)[polygon & linked[:, :first]],
        "longer side, connected": np.maximum(width, height)[polygon & linked[:, :first]],
        "mass": 1 / columns["polygon/inverse_mass"][polygon & (columns["polygon/inverse_mass"] > 0)],
    }


def _linked(columns: Columns) -> np.ndarray:
    """Which shapes, walls left out, are an end of a joint."""
    shapes = columns["polygon/active"].shape[1] + columns["circle/active"].shape[1]
    ends: Any = np.arange(shapes) + _WALLS
    active = columns["joint/active"].astype(bool)[..., None]
    a, b = (columns[f"joint/{end}"][..., None] == ends for end in "ab")
    linked: np.ndarray = (active & (a | b)).any(1)
    return linked


def _joints(columns: Columns) -> dict[str, np.ndarray]:
    """Settings of joints."""
    joint = {name.split("/")[1]: value for name, value in columns.items() if name.startswith("joint/")}
    active = joint["active"].astype(bool)
    turns = active & ~joint["fixed"].astype(bool)
    limited = active & joint["limited"].astype(bool)
    polygons = columns["polygon/active"].shape[1] + _WALLS
    wheel = np.maximum(joint["a"], joint["b"]) >= polygons
    return {
        "motor speed": joint["speed"][turns],
        "motor power": joint["power"][turns & ~wheel],
        "wheel power": joint["power"][turns & wheel],
        "joints with a circle": wheel[active].astype(float),
        "motor on": joint["motor"][turns].astype(float),
        "motor binding": joint["binding"][active],
        "least angle": joint["least"][limited],
        "most angle": joint["most"][limited],
        "fixed angle": joint["rotation"][active & ~turns],
        "anchor a": np.hypot(joint["ax"], joint["ay"])[active & ~wheel],
        "anchor b": np.hypot(joint["bx"], joint["by"])[active & ~wheel],
        "anchor by a wheel": np.hypot(joint["ax"], joint["ay"])[active & wheel],
    }


def _thrusters(columns: Columns, inverse_mass: np.ndarray) -> dict[str, np.ndarray]:
    """Settings of thrusters."""
    thruster = {name.split("/")[1]: value for name, value in columns.items() if name.startswith("thruster/")}
    active = thruster["active"].astype(bool)
    index = np.clip(thruster["body"].astype(int) - _WALLS, 0, None)
    per_mass = thruster["power"] * np.take_along_axis(inverse_mass, index, 1)
    return {
        "thruster power / mass": per_mass[active],
        "thruster distance": np.hypot(thruster["x"], thruster["y"])[active],
        "thruster angle": np.mod(thruster["angle"][active], 2 * math.pi),
        "thruster binding": thruster["binding"][active],
    }


def compare(name: str, ours: np.ndarray, peer: np.ndarray) -> Comparison:
    """Compare two samples of a measure."""
    ours, peer = np.asarray(ours, float), np.asarray(peer, float)
    if not len(ours) or not len(peer):
        same = len(ours) == len(peer)
        return Comparison(
            name=name, ours=math.nan, peer=math.nan, error=math.nan, z=0.0, p=1.0 if same else 0.0,
            ours_quantiles=[], peer_quantiles=[], counts=(len(ours), len(peer)),
        )  # fmt: skip
    error = math.sqrt(ours.var() / len(ours) + peer.var() / len(peer))
    gap = float(ours.mean() - peer.mean())
    quantiles = [np.quantile(sample, (0.1, 0.5, 0.9)).tolist() for sample in (ours, peer)]
    return Comparison(
        name=name,
        ours=float(ours.mean()),
        peer=float(peer.mean()),
        error=error,
        z=gap / error if error > 0 else (0.0 if abs(gap) < 1e-6 else math.copysign(math.inf, gap)),
        p=_kolmogorov_smirnov(ours, peer),
        ours_quantiles=quantiles[0],
        peer_quantiles=quantiles[1],
        counts=(len(ours), len(peer)),
    )


def _kolmogorov_smirnov(first: np.ndarray, other: np.ndarray) -> float:
    """Asymptotic p of the two-sample test; conservative for values that repeat.

    Source: F. J. Massey, "The Kolmogorov-Smirnov Test for Goodness of Fit", JASA 1951.
    """
    points = np.round(np.concatenate([first, other]), 5)
    first, other = np.sort(np.round(first, 5)), np.sort(np.round(other, 5))
    below = [np.searchsorted(sample, points, side="right") / len(sample) for sample in (first, other)]
    distance = float(np.abs(below[0] - below[1]).max())
    scaled = distance * math.sqrt(len(first) * len(other) / (len(first) + len(other)))
    if scaled < 0.2:
        return 1.0
    series: float = 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, series))
