"""Action distributions: log-probabilities and entropies equal SciPy's, samples have the stated probabilities."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from kinetix_agents.distributions import Categoricals, Normals, head_of
from kinetix_env.errors import ConfigError
from kinetix_env.task import ContinuousActions, DiscreteActions, MultiDiscreteActions

pytestmark = pytest.mark.versions

CHOICES = (3, 3, 2)
BATCH = 50
LOGITS = jax.random.normal(jax.random.key(0), (BATCH, sum(CHOICES))) * 2


def parts(logits: jax.Array) -> list[np.ndarray]:
    """The probabilities of each number's choices, [batch, choice]."""
    split = np.split(np.asarray(logits, np.float64), np.cumsum(CHOICES)[:-1], axis=1)
    return [np.exp(part) / np.exp(part).sum(1, keepdims=True) for part in split]


def test_categorical_log_probabilities_equal_scipy() -> None:
    rng = np.random.default_rng(0)
    action = np.stack([rng.integers(count, size=BATCH) for count in CHOICES], axis=1)
    expected = sum(
        stats.multinomial.logpmf(np.eye(part.shape[1])[action[:, k]], 1, part) for k, part in enumerate(parts(LOGITS))
    )
    found = Categoricals(LOGITS, CHOICES).log_prob(jnp.asarray(action, jnp.int32))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_categorical_entropies_equal_scipy() -> None:
    expected = sum(stats.entropy(part, axis=1) for part in parts(LOGITS))
    np.testing.assert_allclose(Categoricals(LOGITS, CHOICES).entropy(), expected, rtol=1e-5, atol=1e-6)


def test_categorical_samples_have_their_probabilities() -> None:
    one = Categoricals(jnp.repeat(LOGITS[:1], 20_000, axis=0), CHOICES)
    drawn = np.asarray(one.sample(jax.random.key(1)))
    for k, part in enumerate(parts(LOGITS[:1])):
        seen = np.bincount(drawn[:, k], minlength=CHOICES[k])
        assert stats.chisquare(seen, 20_000 * part[0]).pvalue > 1e-3
    assert (one.mode() == jnp.array([part[0].argmax() for part in parts(LOGITS[:1])])).all()


def test_actions_of_a_single_categorical_are_scalars() -> None:
    head = head_of(DiscreteActions())
    assert head.size == 11
    distribution = head.distribution(jnp.zeros((4, 11)))
    drawn = distribution.sample(jax.random.key(0))
    assert drawn.shape == (4,) and drawn.dtype == jnp.int32
    np.testing.assert_allclose(distribution.log_prob(drawn), -np.log(11), rtol=1e-6)


def test_normal_log_probabilities_and_entropies_equal_scipy() -> None:
    mean = jax.random.normal(jax.random.key(1), (BATCH, 3))
    log_std = jnp.array([-1.0, 0.0, 0.5])
    action = jax.random.normal(jax.random.key(2), (BATCH, 3))
    used = jnp.array([True, False, True])
    found = Normals(mean, log_std, jnp.broadcast_to(used, mean.shape))
    scipy = [stats.norm(np.asarray(mean[:, k]), float(jnp.exp(log_std[k]))) for k in range(3)]
    np.testing.assert_allclose(
        found.log_prob(action), sum(scipy[k].logpdf(np.asarray(action[:, k])) for k in (0, 2)), rtol=1e-5, atol=1e-5
    )
    np.testing.assert_allclose(found.entropy(), scipy[0].entropy() + scipy[2].entropy(), rtol=1e-5)
    assert (found.mode() == mean).all()


def test_normal_samples_have_their_standard_deviation() -> None:
    found = Normals(jnp.ones((20_000, 1)), jnp.array([0.7]), jnp.ones((20_000, 1), bool))
    drawn = np.asarray(found.sample(jax.random.key(3)))[:, 0]
    assert stats.kstest(drawn, stats.norm(1.0, np.exp(0.7)).cdf).pvalue > 1e-3


def test_masked_choices_are_never_sampled() -> None:
    head = head_of(MultiDiscreteActions())
    numbers = jax.random.normal(jax.random.key(4), (1000, head.size))
    used = jnp.zeros((1000, head.size), bool).at[:, jnp.array([0, 3, 6, 7, 8, 9, 12, 14])].set(True)
    distribution = head.distribution(numbers, used=used)
    drawn = distribution.sample(jax.random.key(5))
    assert (drawn[:, jnp.array([0, 1, 3, 4, 5])] == 0).all()
    assert len(np.unique(drawn[:, 2])) == 3
    # what cannot be chosen adds neither entropy nor gradient
    alone = Categoricals(numbers[:, 6:9], (3,))
    np.testing.assert_allclose(distribution.entropy(), alone.entropy(), rtol=1e-5)
    slope = jax.grad(lambda n: head.distribution(n, used=used).log_prob(drawn).sum())(numbers)
    assert (slope[:, :6] == 0).all() and jnp.isfinite(slope).all() and (slope[:, 6:9] != 0).any()


def test_heads_have_one_output_per_choice_or_actuator() -> None:
    assert head_of(MultiDiscreteActions()).size == 16
    assert head_of(ContinuousActions()).size == 6


def test_heads_that_do_not_match_the_action_space_are_refused() -> None:
    class Odd(ContinuousActions):
        @property
        def shape(self) -> tuple[int, ...]:
            return (2, 2)

    with pytest.raises(ConfigError, match=r"Odd has heads for real numbers of shape \(6,\).* of shape \(2, 2\)"):
        head_of(Odd())
