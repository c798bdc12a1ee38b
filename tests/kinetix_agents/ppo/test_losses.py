"""The PPO loss equals a NumPy reference, and its gradient is zero beyond the clip range."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents.ppo import PPOConfig
from kinetix_agents.ppo.losses import ppo_loss

pytestmark = pytest.mark.versions

NAMES = ("log_prob", "old_log_prob", "entropy", "value", "old_value", "advantage", "target")


def batch(seed: int = 0, count: int = 200) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    found = {name: rng.normal(size=count).astype(np.float32) for name in NAMES}
    found["log_prob"] = (found["old_log_prob"] + 0.3 * rng.normal(size=count)).astype(np.float32)
    found["value"] = (found["old_value"] + 0.3 * rng.normal(size=count)).astype(np.float32)
    return found


def reference(config: PPOConfig, given: dict[str, np.ndarray]) -> tuple[float, dict[str, float]]:
    """The PPO loss and its parts in float64, sample by sample."""
    sums = dict.fromkeys(("policy_loss", "value_loss", "entropy", "approx_kl", "clip_fraction"), 0.0)
    count = len(given["value"])
    for log_prob, old, entropy, value, old_value, advantage, target in zip(
        *(given[name].astype(np.float64) for name in NAMES), strict=True
    ):
        ratio = np.exp(log_prob - old)
        near = min(max(ratio, 1 - config.clip), 1 + config.clip)
        sums["policy_loss"] -= min(ratio * advantage, near * advantage) / count
        error = (value - target) ** 2
        if config.clip_value:
            held = old_value + min(max(value - old_value, -config.clip), config.clip)
            error = max(error, (held - target) ** 2)
        sums["value_loss"] += 0.5 * error / count
        sums["entropy"] += entropy / count
        sums["approx_kl"] += (ratio - 1 - np.log(ratio)) / count
        sums["clip_fraction"] += float(abs(ratio - 1) > config.clip) / count
    loss = sums["policy_loss"] + config.value_weight * sums["value_loss"] - config.entropy_weight * sums["entropy"]
    return loss, sums


@pytest.mark.parametrize("clip_value", [True, False])
def test_the_loss_and_its_parts_equal_the_reference(clip_value: bool) -> None:
    config, given = PPOConfig(clip_value=clip_value, clip=0.15, entropy_weight=0.02), batch()
    loss, parts = ppo_loss(config, **{name: jnp.asarray(value) for name, value in given.items()})
    expected, sums = reference(config, given)
    assert float(loss) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    for name, value in sums.items():
        assert float(getattr(parts, name)) == pytest.approx(value, rel=1e-4, abs=1e-5), name


def test_gradient_is_zero_beyond_the_clip_range() -> None:
    """A sample whose probability ratio is clipped in the direction of its advantage has no gradient."""
    given = {name: jnp.zeros(2) for name in NAMES} | {"advantage": jnp.array([1.0, -1.0])}
    config = PPOConfig(entropy_weight=0.0)

    def slope(moved: jax.Array) -> jax.Array:
        return jax.grad(lambda log_prob: ppo_loss(config, **{**given, "log_prob": log_prob})[0])(moved)

    assert (slope(jnp.array([0.5, -0.5])) == 0).all()
    assert (slope(jnp.array([-0.5, 0.5])) != 0).all()  # but it is pulled back from the other side
