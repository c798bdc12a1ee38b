"""Scores of levels, which estimate their learning potential. All are pure functions of an `Outcome`.

learnability = p (1 - p), p the success rate (arXiv:2408.15099): highest at p = 1/2. It needs several episodes per
level, since with a single one it is always 0.
MaxMC = highest return so far - mean value (arXiv:2110.02439): an estimate of the regret.
positive value loss = mean of the positive part of the advantages (arXiv:2110.02439): an estimate of the regret too."""

from collections.abc import Callable

from jaxtyping import Array, Float

from kinetix_env.protocols import Outcome

__all__ = ["SCORES", "Score", "learnability", "max_mc", "positive_value_loss"]

Score = Callable[[Outcome], Float[Array, " level"]]


def learnability(outcome: Outcome) -> Float[Array, " level"]:
    """Return p (1 - p), in [0, 0.25]."""
    return outcome.success_rate * (1 - outcome.success_rate)


def max_mc(outcome: Outcome) -> Float[Array, " level"]:
    """Return the highest return minus the mean value; `outcome.max_return` should include earlier visits."""
    return outcome.max_return - outcome.mean_value


def positive_value_loss(outcome: Outcome) -> Float[Array, " level"]:
    """Return the mean positive part of the advantages, at least 0."""
    return outcome.positive_value_loss


SCORES: dict[str, Score] = {"max-mc": max_mc, "positive-value-loss": positive_value_loss}
