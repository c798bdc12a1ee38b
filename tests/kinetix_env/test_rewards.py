"""Rewards of a transition."""

import jax.numpy as jnp
import pytest

from kinetix_env import ConfigError, Transition
from kinetix_env.task import Dense, Published, Sparse

CONFIGS = (Sparse(), Dense(scale=0.5), Published(scale=0.5))


def step(solved: bool = False, failed: bool = False, first: bool = False) -> Transition:
    """A transition in which green moves one metre closer to blue."""
    flags = {"solved": jnp.array(solved), "failed": jnp.array(failed), "first": jnp.array(first)}
    return Transition(**flags, distance_before=jnp.array(3.0), distance_after=jnp.array(2.0))


@pytest.mark.parametrize(
    ("transition", "expected"),
    [
        (step(), (0.0, 0.5, 0.5)),
        (step(solved=True), (1.0, 1.5, 1.5)),
        (step(failed=True), (-1.0, -0.5, -0.5)),
        (step(first=True), (0.0, 0.5, 0.0)),
        (step(first=True, solved=True), (1.0, 1.5, 1.0)),
    ],
)
def test_rewards_equal_their_formulas(transition: Transition, expected: tuple[float, ...]) -> None:
    assert tuple(float(config.build()(transition)) for config in CONFIGS) == expected


@pytest.mark.parametrize("scale", [-0.1, float("nan"), float("inf")])
def test_bad_scales_are_refused(scale: float) -> None:
    for config in (Dense, Published):
        with pytest.raises(ConfigError, match=rf"{config.__name__}.scale must be a finite number of at least 0, got"):
            config(scale=scale)
