"""Joints in the step: what all kinds share (`common.py`), one file for each kind, and the choice between them."""

from .common import JointImpulse, JointRows, Position, onehot, solve_joint
from .prepare import prepare

__all__ = ["JointImpulse", "JointRows", "Position", "onehot", "prepare", "solve_joint"]
