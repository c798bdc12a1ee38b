"""Evaluation of agents: `evaluate` plays levels, `Evaluation` holds outcomes, success rates and their errors."""

from .evaluator import Evaluator as Evaluator
from .evaluator import evaluate as evaluate
from .level_sets import LevelSet as LevelSet
from .level_sets import find_sets as find_sets
from .results import Estimate as Estimate
from .results import Evaluation as Evaluation
from .tables import write_csv as write_csv

__all__ = ["Estimate", "Evaluation", "Evaluator", "LevelSet", "evaluate", "find_sets", "write_csv"]
