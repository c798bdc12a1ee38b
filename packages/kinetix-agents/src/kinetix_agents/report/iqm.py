"""The interquartile mean of success rates over seeds and levels, with a bootstrap interval.

The interquartile mean is the mean of the middle half of all scores, one per seed and level: it is robust to a few
outliers like the median, and needs fewer seeds. Its 95 % interval is of the percentile bootstrap, stratified by level:
seeds are drawn with replacement for each level on its own, so that the interval is over seeds, with the levels fixed.
After Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice (2021), arXiv:2108.13264.

Limit: with two or three seeds the bootstrap gives intervals that are too narrow."""

import numpy as np
from jaxtyping import Float
from scipy import stats

from ..evaluation.significance import Rate

__all__ = ["interquartile_mean", "iqm_rate"]

RESAMPLES = 2000
CHUNK = 2_000_000  # scores that are in memory at once


def interquartile_mean(scores: Float[np.ndarray, "*_ score"]) -> Float[np.ndarray, "*_"]:
    """Return the mean of the middle half of the scores along the last axis; a quarter is cut off at either end."""
    mean: Float[np.ndarray, "*_"] = np.asarray(stats.trim_mean(scores, 0.25, axis=-1))
    return mean


def iqm_rate(scores: Float[np.ndarray, "seed level"], *, resamples: int = RESAMPLES) -> Rate:
    """Return the interquartile mean of scores and its interval, which is nan with a single seed.

    The same scores give the same interval: the draws are those of a fixed seed.
    """
    mean = float(interquartile_mean(scores.ravel()))
    seeds, levels = scores.shape
    if seeds == 1:
        return Rate(mean=mean, low=float("nan"), high=float("nan"))
    draw = np.random.default_rng(0)
    found: list[Float[np.ndarray, " resample"]] = []
    chunk = max(CHUNK // scores.size, 1)
    for start in range(0, resamples, chunk):
        count = min(chunk, resamples - start)
        rows = draw.integers(0, seeds, (count, seeds, levels))
        found.append(interquartile_mean(scores[rows, np.arange(levels)].reshape(count, -1)))
    low, high = np.quantile(np.concatenate(found), [0.025, 0.975])
    return Rate(mean=mean, low=float(low), high=float(high))
