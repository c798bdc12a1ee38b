"""The five minutes in which a newcomer sees an agent learn: before, training, after, and a plain verdict."""

from .exam import Exam as Exam
from .exam import Marks as Marks
from .story import verdict as verdict

__all__ = ["Exam", "Marks", "verdict"]
