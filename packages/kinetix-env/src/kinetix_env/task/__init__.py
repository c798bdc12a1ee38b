"""The task: an episode of a level, what an agent may do in it, what decides it and what it is rewarded for."""

from .actions import Continuous as Continuous
from .actions import ContinuousActions as ContinuousActions
from .actions import Discrete as Discrete
from .actions import DiscreteActions as DiscreteActions
from .actions import MultiDiscrete as MultiDiscrete
from .actions import MultiDiscreteActions as MultiDiscreteActions
from .env import Info as Info
from .env import KinetixEnv as KinetixEnv
from .env_state import EnvState as EnvState
from .env_state import Transition as Transition
from .heads import ActionHeads as ActionHeads
from .heads import heads_of as heads_of
from .physics import PhysicsSettings as PhysicsSettings
from .replace_rows import replace_done as replace_done
from .rewards import Dense as Dense
from .rewards import DistanceReward as DistanceReward
from .rewards import Published as Published
from .rewards import Sparse as Sparse
from .rewards import TaskReward as TaskReward
from .wrappers import AutoReset as AutoReset
from .wrappers import EpisodeInfo as EpisodeInfo
from .wrappers import EpisodeState as EpisodeState
from .wrappers import EpisodeStats as EpisodeStats

__all__ = [
    "ActionHeads",
    "AutoReset",
    "Continuous",
    "ContinuousActions",
    "Dense",
    "Discrete",
    "DiscreteActions",
    "DistanceReward",
    "EnvState",
    "EpisodeInfo",
    "EpisodeState",
    "EpisodeStats",
    "Info",
    "KinetixEnv",
    "MultiDiscrete",
    "MultiDiscreteActions",
    "PhysicsSettings",
    "Published",
    "Sparse",
    "TaskReward",
    "Transition",
    "heads_of",
    "replace_done",
]
