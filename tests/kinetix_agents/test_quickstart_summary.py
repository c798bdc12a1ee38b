"""The summary of a quickstart: its table and its verdict agree with the outcomes, also on a single level."""

import numpy as np
import pytest

from kinetix_agents.evaluation import Evaluation
from kinetix_agents.quickstart import AgentResults
from kinetix_agents.quickstart.summary import markdown, table, verdict


def results(label, *solved, attempts=16):
    """An agent that solved these numbers of attempts at the levels of a set."""
    won = np.arange(attempts) < np.array(solved)[:, None]
    found = Evaluation(solved=won, failed=~won, length=np.ones(won.shape, np.int32), returns=np.zeros(won.shape))
    return AgentResults(label=label, by_set={"suite:s/hover": found})


@pytest.mark.parametrize(
    ("before", "after", "opening"),
    [
        (6, 16, "It learnt."),
        (16, 6, "It got worse."),
        (6, 8, "It is not clear whether it learnt"),
        (16, 16, "It solved every attempt already before training."),
    ],
)
def test_one_level_has_a_verdict_over_attempts(before, after, opening) -> None:
    agents = results("before", before), results("after", after)
    text = verdict("suite:s/hover", *agents, seen=True)
    assert text.startswith(opening) and f"{before} of 16 attempts" in text and f"{after} of 16 attempts after" in text
    header, rows = table(*agents, [results("random play", 0)])
    for words in (text, markdown(header, rows)):
        assert "nan" not in words and "inf" not in words and "1 levels" not in words
    assert len(rows[0]) == len(header) and rows[0][-1] == ""  # no z: one level has no spread


def test_several_levels_have_a_verdict_over_levels() -> None:
    draw = np.random.default_rng(0)
    first = draw.integers(0, 6, 20)
    agents = results("before", *first), results("after", *(first + draw.integers(3, 9, 20)))
    text = verdict("suite:s/hover", *agents, seen=False)
    rates = [100 * agent.by_set["suite:s/hover"].solve_rate.mean for agent in agents]
    assert text.startswith("It learnt.") and f"{rates[0]:.1f} % of its attempts at the 20 levels" in text
    assert f"and {rates[1]:.1f} % after it: {rates[1] - rates[0]:+.1f} points" in text and "which it never saw" in text
