"""How much there is to learn from a level, judged by how it went. All are pure functions of an `Outcome`.

learnability = p (1 - p), p the success rate (arXiv:2408.15099): most for what is solved every other time. It needs
several episodes of a level, since with one it is always 0.
MaxMC = the highest return ever seen - the value the agent expects (arXiv:2110.02439): far from its best.
positive value loss = mean of the positive part of the advantages (arXiv:2110.02439): better than it expected."""

from collections.abc import Callable

from jaxtyping import Array, Float

from kinetix_env.protocols import Outcome

__all__ = ["SCORES", "Score", "learnability", "max_mc", "positive_value_loss"]

Score = Callable[[Outcome], Float[Array, " level"]]


def learnability(outcome: Outcome) -> Float[Array, " level"]:
    """p (1 - p), from 0 to 0.25."""
    return outcome.success_rate * (1 - outcome.success_rate)


def max_mc(outcome: Outcome) -> Float[Array, " level"]:
    """The highest return minus the expected one; `outcome.max_return` should know earlier visits too."""
    return outcome.max_return - outcome.mean_value


def positive_value_loss(outcome: Outcome) -> Float[Array, " level"]:
    """The mean of the positive part of the advantages, as it was reported; at least 0."""
    return outcome.positive_value_loss


SCORES: dict[str, Score] = {"max-mc": max_mc, "positive-value-loss": positive_value_loss}
