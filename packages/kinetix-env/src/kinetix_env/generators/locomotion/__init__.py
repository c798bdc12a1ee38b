"""Random levels of locomotion: an articulated body, a way to go, a goal at its end.

A level is drawn in a frame in which the creature goes to the right, and mirrored for half of all keys. `plans` draws
the creature, `course` what it meets, `assemble` writes both into the tables of a level."""

from .generator import LocomotionGenerator, LocomotionLevels

__all__ = ["LocomotionGenerator", "LocomotionLevels"]
