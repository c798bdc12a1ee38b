"""The evaluation of `kinetix quickstart`: an agent before and after training, with a verdict on the difference."""

from .evaluation import AgentResults as AgentResults
from .evaluation import BeforeAfterEval as BeforeAfterEval
from .summary import verdict as verdict

__all__ = ["AgentResults", "BeforeAfterEval", "verdict"]
